namespace Berth.Bench.Report;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Target">What it is to be.</param>
/// <param name="Figure">What it is, with its unit.</param>
/// <param name="Ratio">Against the peer, or empty.</param>
/// <param name="Peer">The peer and its figure, or empty.</param>
/// <param name="Met">Whether the target is met; null where there is none.</param>
internal sealed record Row(string What, string Target, string Figure, string Ratio, string Peer, bool? Met);
