namespace Berth.Planning.Workloads;

/// <summary>One stated port.</summary>
/// <param name="Name">The name, or empty.</param>
/// <param name="Number">The port of ordinal 0, or of every pod.</param>
/// <param name="Protocol">The protocol, or null when none is stated.</param>
/// <param name="Stride">The distance between two ordinals; 0 when all pods have the same port.</param>
/// <param name="HostIP">The only address of the node that the port is taken at; null for all of them.</param>
internal readonly record struct StatedPort(string Name, int Number, string? Protocol, int Stride, string? HostIP = null);
