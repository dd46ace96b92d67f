using Microsoft.Extensions.Logging;

namespace Berth.Diagnostics;

/// <summary>What this room logs: once for each change of state, never once an attempt.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning,
        Message = "{Target}: the source is in trouble; version {Version} stays and is stale from now on. {Reason}")]
    public static partial void Trouble(ILogger logger, ServiceTarget target, long version, string reason, Exception? exception);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information,
        Message = "{Target}: live again at version {Version}, after {StaleSeconds:F1} s of being stale.")]
    public static partial void Recovered(ILogger logger, ServiceTarget target, long version, double staleSeconds);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Target}: closing the stream failed; nothing is lost.")]
    public static partial void CloseFailed(ILogger logger, ServiceTarget target, Exception exception);

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "{Target}: {Kind}: {Detail}")]
    public static partial void Warning(ILogger logger, ServiceTarget target, string kind, string detail);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "{Target}: {Kind} is over.")]
    public static partial void WarningIsOver(ILogger logger, ServiceTarget target, string kind);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning,
        Message =
            "The snapshot file '{Path}' is not used: {Damage}. It was set aside as '{Aside}'; a new one is written once the source " +
            "answers.")]
    public static partial void SnapshotFileDamaged(ILogger logger, string path, string damage, string aside);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning,
        Message = "The snapshot file '{Path}' cannot be read: {Reason} The start goes on without it.")]
    public static partial void SnapshotFileUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning,
        Message =
            "The snapshot file '{Path}' cannot be written: {Reason} Discovery goes on; a restart during an outage would have nothing to " +
            "serve.")]
    public static partial void SnapshotFileUnwritable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 113, Level = LogLevel.Information, Message = "The snapshot file '{Path}' is written again.")]
    public static partial void SnapshotFileWrittenAgain(ILogger logger, string path);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning,
        Message = "{Target}: version {Version} was read from the snapshot file; it is served, {Age} old, until the source answers.")]
    public static partial void ServingFromFile(ILogger logger, ServiceTarget target, long version, TimeSpan age);
}
