namespace Berth.TestKit;

/// <summary>How long a test waits for what must happen: generous, so that a loaded machine does not make it fail.</summary>
public static class Patience
{
    /// <summary>The bound.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);
}
