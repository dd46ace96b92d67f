namespace Berth.Planning;

/// <summary>The range of ports of one workload, and of one of its named ports.</summary>
/// <param name="Subject">The workload, as in <c>StatefulSet games/lobby</c>.</param>
/// <param name="Name">The port's name, or empty.</param>
/// <param name="First">The port of the first pod.</param>
/// <param name="Last">The port of the last pod. It may be above 65535.</param>
/// <param name="Stride">The distance between two pods; 0 when all have one port.</param>
/// <param name="Pods">The largest number of pods.</param>
/// <param name="Protocol">The protocol, or null when none is stated.</param>
/// <param name="Source">The statement that the ports are taken from.</param>
/// <param name="Headroom">The number of pods that it can grow by; null for a workload without ordinals.</param>
public sealed record PlannedRange(
    string Subject, string Name, long First, long Last, int Stride, int Pods, string? Protocol, string Source, int? Headroom);
