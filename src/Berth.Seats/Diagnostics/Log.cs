using Microsoft.Extensions.Logging;

namespace Berth.Seats.Diagnostics;

/// <summary>The log messages of this room. A reservation never writes one.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 800, Level = LogLevel.Information, Message = "The desk of {Pod} listens on {Address}: {Capacity} seats.")]
    public static partial void Listening(ILogger logger, string pod, string address, int capacity);

    [LoggerMessage(EventId = 801, Level = LogLevel.Information, Message = "The keys of {Path} are read: {Ids}. The first one signs.")]
    public static partial void KeysRead(ILogger logger, string path, string ids);

    [LoggerMessage(EventId = 802, Level = LogLevel.Warning, Message = "The keys of {Path} cannot be used; the earlier ones stay. {Reason}")]
    public static partial void KeysNotRead(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 808, Level = LogLevel.Information, Message = "{File} has a new certificate, valid until {NotAfter:u}.")]
    public static partial void CertificateRead(ILogger logger, string file, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 809, Level = LogLevel.Error, Message = "{Fault} The earlier certificate stays; it expires at {NotAfter:u}.")]
    public static partial void CertificateNotRead(ILogger logger, string fault, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 810, Level = LogLevel.Error, Message = "{Fault} The earlier CAs stay.")]
    public static partial void CasNotRead(ILogger logger, string fault);

    [LoggerMessage(EventId = 803, Level = LogLevel.Information,
        Message = "The desk of {Pod} is closed: {Reserved} seats reserved, {Taken} taken.")]
    public static partial void Closed(ILogger logger, string pod, int reserved, int taken);

    [LoggerMessage(EventId = 804, Level = LogLevel.Information, Message = "The desk of {Pod} is open.")]
    public static partial void Opened(ILogger logger, string pod);

    [LoggerMessage(EventId = 805, Level = LogLevel.Error, Message = "{Method} {Path} failed; the client got a 500.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(EventId = 806, Level = LogLevel.Information,
        Message = "The desk of {Pod} drains for up to {Seconds} s: {Used} seats in use.")]
    public static partial void Draining(ILogger logger, string pod, double seconds, int used);

    [LoggerMessage(EventId = 807, Level = LogLevel.Information, Message = "The desk of {Pod} has stopped: {Used} seats were in use.")]
    public static partial void Stopped(ILogger logger, string pod, int used);
}
