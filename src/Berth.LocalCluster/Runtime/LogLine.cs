namespace Berth.LocalCluster.Runtime;

/// <summary>One line of output.</summary>
internal readonly record struct LogLine(long Number, DateTimeOffset At, string Text);
