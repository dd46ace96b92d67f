using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>What this room logs: once for each change of state, never once an attempt.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning,
        Message = "{Target}: the source is in trouble; version {Version} stays and is stale from now on. {Reason}")]
    public static partial void Trouble(ILogger logger, ServiceTarget target, long version, string reason, Exception? exception);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "{Target}: live again at version {Version}.")]
    public static partial void Recovered(ILogger logger, ServiceTarget target, long version);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Target}: closing the stream failed; nothing is lost.")]
    public static partial void CloseFailed(ILogger logger, ServiceTarget target, Exception exception);
}
