using Microsoft.Extensions.Logging;

namespace Berth.Diagnostics;

/// <summary>The log messages of this room: one for each change of state, not one for each attempt.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning,
        Message = "{Target}: the source failed; serving version {Version} as stale. {Reason}")]
    public static partial void Trouble(ILogger logger, ServiceTarget target, long version, string reason, Exception? exception);

    [LoggerMessage(EventId = 100, EventName = nameof(Trouble), Level = LogLevel.Warning,
        Message = "{Target}: the source failed before its first snapshot; there are no endpoints yet. {Reason}")]
    public static partial void TroubleAtFirst(ILogger logger, ServiceTarget target, string reason, Exception? exception);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information,
        Message = "{Target}: live again at version {Version}, after {StaleSeconds:F1} s as stale.")]
    public static partial void Recovered(ILogger logger, ServiceTarget target, long version, double staleSeconds);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Target}: closing the stream failed; nothing is lost.")]
    public static partial void CloseFailed(ILogger logger, ServiceTarget target, Exception exception);

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "{Target}: {Kind}: {Detail}")]
    public static partial void Warning(ILogger logger, ServiceTarget target, string kind, string detail);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "{Target}: {Kind} is over.")]
    public static partial void WarningIsOver(ILogger logger, ServiceTarget target, string kind);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning,
        Message =
            "The snapshot file '{Path}' is not used: {Damage}. It was renamed to '{Aside}'. " +
            "A new one is written when the source answers.")]
    public static partial void SnapshotFileDamaged(ILogger logger, string path, string damage, string aside);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning,
        Message = "The snapshot file '{Path}' cannot be read: {Reason} Berth starts without it.")]
    public static partial void SnapshotFileUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning,
        Message =
            "The snapshot file '{Path}' cannot be written: {Reason} Discovery continues, " +
            "but a restart during an outage would have no snapshot to serve.")]
    public static partial void SnapshotFileUnwritable(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 113, Level = LogLevel.Information, Message = "The snapshot file '{Path}' is written again.")]
    public static partial void SnapshotFileWrittenAgain(ILogger logger, string path);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning,
        Message = "{Target}: serving version {Version} from the snapshot file, {Age} old, until the source answers.")]
    public static partial void ServingFromFile(ILogger logger, ServiceTarget target, long version, TimeSpan age);

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "{Target}: the session with {Pod} at {Address} is open.")]
    public static partial void SessionOpened(ILogger logger, ServiceTarget target, string pod, string address);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message = "{Target}: the session with {Pod} at {Address} is closed.")]
    public static partial void SessionClosed(ILogger logger, ServiceTarget target, string pod, string address);

    [LoggerMessage(EventId = 122,
        Message = "{Target}: the session with {Pod} at {Address} failed, {Failures} times in a row; it is tried again. {Reason}")]
    public static partial void SessionFailed(
        ILogger logger, LogLevel level, ServiceTarget target, string pod, string address, int failures, string reason,
        Exception? exception);

    [LoggerMessage(EventId = 123, Level = LogLevel.Debug,
        Message = "{Target}: opening a session with {Pod} ended after it was given up: {Reason}")]
    public static partial void SessionOpenFailedLate(
        ILogger logger, ServiceTarget target, string pod, string reason, Exception? exception);

    [LoggerMessage(EventId = 124, Level = LogLevel.Warning,
        Message = "{Target}: opening a session with {Pod} was given up and does not end. If it opens, it is closed then.")]
    public static partial void SessionOpenStuck(ILogger logger, ServiceTarget target, string pod);

    [LoggerMessage(EventId = 125, Level = LogLevel.Warning, Message = "{Target}: closing the session with {Pod} failed.")]
    public static partial void SessionCloseFailed(ILogger logger, ServiceTarget target, string pod, Exception exception);

    [LoggerMessage(EventId = 126, Level = LogLevel.Warning,
        Message = "{Target}: closing the session with {Pod} does not end; it is no longer waited for.")]
    public static partial void SessionCloseStuck(ILogger logger, ServiceTarget target, string pod);

    [LoggerMessage(EventId = 127, Level = LogLevel.Error,
        Message = "{Target}: a filter or a backoff of sessions failed. The sessions stay as they are, and it is tried again.")]
    public static partial void SessionsNotFollowed(ILogger logger, ServiceTarget target, Exception exception);
}
