using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Diagnostics;

/// <summary>What this room logs. Never one line a request.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "Listening on {Addresses} for {Targets}.")]
    public static partial void Listening(ILogger logger, string addresses, string targets);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information,
        Message = "Stopping: unready from now on, accepting for another {Delay} s, then at most {Grace} s for what is in flight.")]
    public static partial void Stopping(ILogger logger, double delay, double grace);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 303, Level = LogLevel.Error, Message = "{Method} {Path} failed; the client got a 500.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "An instrument could not be read; /metrics shows the others.")]
    public static partial void InstrumentFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 305, Level = LogLevel.Error, Message = "Telling watching clients of {Target} failed; their streams end, and they begin anew when they come back.")]
    public static partial void WatchFailed(ILogger logger, ServiceTarget target, Exception exception);
}
