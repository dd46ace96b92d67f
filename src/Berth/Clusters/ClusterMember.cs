namespace Berth.Clusters;

/// <summary>A cluster and what follows it.</summary>
internal sealed record ClusterMember(string Name, EndpointDirectory Directory);
