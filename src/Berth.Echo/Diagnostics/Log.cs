using System.Net;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Diagnostics;

/// <summary>The log messages of this room: one for each connection, none for a message.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Information, Message = "Listening on {Address}, TCP and UDP.")]
    public static partial void Listening(ILogger logger, IPEndPoint address);

    [LoggerMessage(EventId = 401, Level = LogLevel.Information, Message = "{Client} connected to {Local}.")]
    public static partial void Opened(ILogger logger, EndPoint? client, string local);

    [LoggerMessage(EventId = 402, Level = LogLevel.Information,
        Message = "{Client} left: {Reason}; {Received} bytes in, {Sent} bytes out, {Seconds:0.000} s.")]
    public static partial void Closed(ILogger logger, EndPoint? client, string reason, long received, long sent, double seconds);

    [LoggerMessage(EventId = 410, Level = LogLevel.Debug, Message = "{Client} left without a byte: {Reason}; {Seconds:0.000} s.")]
    public static partial void ClosedSilent(ILogger logger, EndPoint? client, string reason, double seconds);

    [LoggerMessage(EventId = 403, Level = LogLevel.Warning,
        Message = "Full: {Bound} connections are open. New ones are closed at once until some end.")]
    public static partial void Full(ILogger logger, int bound);

    [LoggerMessage(EventId = 404, Level = LogLevel.Warning, Message = "Accepting fails: {Reason} The server tries again.")]
    public static partial void AcceptFails(ILogger logger, string reason);

    [LoggerMessage(EventId = 405, Level = LogLevel.Information, Message = "Accepting works again.")]
    public static partial void AcceptWorks(ILogger logger);

    [LoggerMessage(EventId = 406, Level = LogLevel.Information,
        Message = "Stopping: no longer accepting. Open sessions: {Sessions}; time to end: {Seconds} s.")]
    public static partial void Draining(ILogger logger, int sessions, double seconds);

    [LoggerMessage(EventId = 407, Level = LogLevel.Information, Message = "Stopped; sessions cut: {Cut}.")]
    public static partial void Stopped(ILogger logger, int cut);

    [LoggerMessage(EventId = 408, Level = LogLevel.Error, Message = "The session with {Client} failed unexpectedly.")]
    public static partial void SessionFailed(ILogger logger, EndPoint? client, Exception exception);

    [LoggerMessage(EventId = 409, Level = LogLevel.Warning, Message = "UDP fails: {Reason} The server tries again.")]
    public static partial void UdpFails(ILogger logger, string reason);
}
