namespace Berth.Kubernetes.Reflector;

/// <summary>A watch that ended early.</summary>
/// <param name="Count">How many in a row have now ended without progress, this one included.</param>
/// <param name="Delay">How long to leave the server alone, or null to go on at once.</param>
internal readonly record struct Strike(int Count, TimeSpan? Delay);
