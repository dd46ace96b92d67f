namespace Berth.Bench.Report;

/// <summary>One line of the table.</summary>
/// <param name="What">The measured value.</param>
/// <param name="Target">The required value.</param>
/// <param name="Figure">The measured figure, with its unit.</param>
/// <param name="Ratio">Against the peer, or empty.</param>
/// <param name="Peer">The peer and its figure, or empty.</param>
/// <param name="Met">Whether the target is met; null where there is none.</param>
internal sealed record Row(string What, string Target, string Figure, string Ratio, string Peer, bool? Met);
