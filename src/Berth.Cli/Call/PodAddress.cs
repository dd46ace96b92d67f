using System.Net;

namespace Berth.Cli.Call;

/// <summary>The pod that service A names.</summary>
/// <param name="Address">Its address and port.</param>
/// <param name="Host">Its host name and port, or null where it has no name.</param>
internal sealed record PodAddress(IPEndPoint Address, string? Host);
