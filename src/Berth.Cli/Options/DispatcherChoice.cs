using System.Security.Cryptography.X509Certificates;

namespace Berth.Cli.Options;

/// <summary>The dispatchers that a command asks, with the token that it sends and the CAs that it trusts.</summary>
/// <param name="Urls">The addresses; none when no dispatcher is asked.</param>
/// <param name="Token">The bearer token, or null.</param>
/// <param name="Authorities">The CAs of an https address, or null for the roots of this machine.</param>
internal sealed record DispatcherChoice(Uri[] Urls, string? Token, X509Certificate2Collection? Authorities);
