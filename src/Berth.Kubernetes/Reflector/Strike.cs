namespace Berth.Kubernetes.Reflector;

/// <summary>A watch that ended early.</summary>
/// <param name="Count">The number of watches in a row that have ended without progress, including this one.</param>
/// <param name="Delay">The wait before the next request, or null to continue at once.</param>
internal readonly record struct Strike(int Count, TimeSpan? Delay);
