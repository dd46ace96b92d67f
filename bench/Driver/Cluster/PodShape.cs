namespace Berth.Bench.Cluster;

/// <summary>A pod of the fleet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">The number that its UID contains.</param>
/// <param name="Address">The number of its address in the fleet: pods of one node share one.</param>
internal readonly record struct PodShape(string Name, int Id, int Address);
