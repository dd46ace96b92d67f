namespace Berth.Remote.Wire;

/// <summary>One of several clusters, as a dispatcher states it.</summary>
/// <param name="Name">Its name, after the name that this client gives to the dispatcher's cluster, if there is one.</param>
/// <param name="IsListed">False before its first list.</param>
/// <param name="Age">How long ago its API confirmed its pods.</param>
/// <param name="StaleSince">Since when it is stale, or null.</param>
/// <param name="Reason">Why it is stale or not listed, or null.</param>
internal sealed record StatedCluster(string Name, bool IsListed, TimeSpan Age, DateTimeOffset? StaleSince, string? Reason);
