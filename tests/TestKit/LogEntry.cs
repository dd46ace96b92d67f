using Microsoft.Extensions.Logging;

namespace Berth.TestKit;

/// <summary>One logged message.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Id">Its event id.</param>
/// <param name="Text">Its text, without the exception.</param>
/// <param name="Exception">The exception logged with it, or null.</param>
public sealed record LogEntry(LogLevel Level, int Id, string Text, Exception? Exception)
{
    /// <summary>Everything that an ordinary logger would write.</summary>
    public override string ToString() => $"{Level} {Id} {Text} {Exception}".TrimEnd();
}
