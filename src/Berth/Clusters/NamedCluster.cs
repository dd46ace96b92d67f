namespace Berth;

/// <summary>A cluster that is followed beside others.</summary>
/// <param name="Name">Its name, a label as in Kubernetes (RFC 1123), such as <c>east</c>.</param>
/// <param name="Source">
/// The source of its pods, whose own option <c>Cluster</c> has the same name, so that each endpoint tells its cluster.
/// </param>
public sealed record NamedCluster(string Name, IEndpointSource Source);
