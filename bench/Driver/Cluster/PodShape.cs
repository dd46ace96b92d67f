namespace Berth.Bench.Cluster;

/// <summary>A pod as the fleet makes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">What its UID is made of.</param>
/// <param name="Address">Which of the fleet's addresses it has: pods of one node share one.</param>
internal readonly record struct PodShape(string Name, int Id, int Address);
