using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Berth.Cli.Output;

/// <summary>
/// Formats the log for people, one line per message: <c>14:03:22.123 warning Berth.Directory[101] ...</c>. A stack trace follows only at
/// the debug level.
/// </summary>
internal sealed class TextLogFormatter(TimeProvider time, bool withTraces) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "berth-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" ");
        textWriter.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetLocalNow():HH:mm:ss.fff} {WordOf(logEntry.LogLevel)} {logEntry.Category}[{logEntry.EventId.Id}] {message}"));
        if (withTraces && logEntry.Exception is not null)
            textWriter.WriteLine(logEntry.Exception);
    }

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
