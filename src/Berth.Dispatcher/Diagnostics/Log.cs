using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Diagnostics;

/// <summary>The log messages of this room. A request never writes one.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "Listening on {Addresses} for {Targets}.")]
    public static partial void Listening(ILogger logger, string addresses, string targets);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information,
        Message = "Stopping: unready now, accepting for another {Delay} s, then at most {Grace} s for requests in progress.")]
    public static partial void Stopping(ILogger logger, double delay, double grace);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 303, Level = LogLevel.Error, Message = "{Method} {Path} failed; the client got a 500.")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "An instrument could not be read; /metrics shows the others.")]
    public static partial void InstrumentFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 306, Level = LogLevel.Warning, Message = "Port clash: {Clash}")]
    public static partial void Clash(ILogger logger, string clash);

    [LoggerMessage(EventId = 307, Level = LogLevel.Warning, Message = "Port clash: {Count} more; portClashes in /v1/endpoints has all.")]
    public static partial void MoreClashes(ILogger logger, int count);

    [LoggerMessage(EventId = 308, Level = LogLevel.Information, Message = "Port clash: no port is claimed twice any more.")]
    public static partial void NoClash(ILogger logger);

    [LoggerMessage(EventId = 309, Level = LogLevel.Error, Message = "The search for port clashes failed. It runs again in {Seconds} s.")]
    public static partial void ClashSearchFailed(ILogger logger, Exception exception, double seconds);

    [LoggerMessage(EventId = 305, Level = LogLevel.Error, Message = "Sending changes of {Target} to watching clients " +
        "failed. Their streams end; clients that reconnect get a new stream.")]
    public static partial void WatchFailed(ILogger logger, ServiceTarget target, Exception exception);

    [LoggerMessage(EventId = 320, Level = LogLevel.Information, Message = "{File} has a new certificate, valid until {NotAfter:u}.")]
    public static partial void CertificateReloaded(ILogger logger, string file, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 321, Level = LogLevel.Error, Message = "{Fault} The earlier certificate stays; it expires at {NotAfter:u}.")]
    public static partial void CertificateKept(ILogger logger, string fault, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 322, Level = LogLevel.Information, Message = "{File} has new CAs of clients: {Count}.")]
    public static partial void CasReloaded(ILogger logger, string file, int count);

    [LoggerMessage(EventId = 326, Level = LogLevel.Information, Message = "{File} has changed: {Count} tokens.")]
    public static partial void TokensReloaded(ILogger logger, string file, int count);

    [LoggerMessage(EventId = 327, Level = LogLevel.Information, Message = "Listening on {Addresses} for probes, metrics and operators.")]
    public static partial void AdminListening(ILogger logger, string addresses);

    [LoggerMessage(EventId = 323, Level = LogLevel.Error, Message = "{Fault} The earlier content stays in use.")]
    public static partial void FileKept(ILogger logger, string fault);

    [LoggerMessage(EventId = 324, Level = LogLevel.Error, Message = "Reading again ({What}) failed. The earlier content stays in use.")]
    public static partial void ReloadFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(EventId = 328, Level = LogLevel.Information, Message = "The configuration has changed. Targets: {Targets}.")]
    public static partial void ChangeTaken(ILogger logger, string targets);

    [LoggerMessage(EventId = 329, Level = LogLevel.Error, Message = "The changed configuration has faults and has no effect: {Faults}")]
    public static partial void ChangeRefused(ILogger logger, string faults);

    [LoggerMessage(EventId = 330, Level = LogLevel.Error, Message = "Releasing {Target} failed.")]
    public static partial void ReleaseFailed(ILogger logger, string target, Exception exception);

    [LoggerMessage(EventId = 325, Level = LogLevel.Debug, Message = "A TLS handshake failed.")]
    public static partial void HandshakeFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 310, Level = LogLevel.Warning,
        Message = "The desk of {Pod} at {Address} cannot be reached and is left out: {Reason}")]
    public static partial void DeskFails(ILogger logger, string pod, System.Net.IPEndPoint address, string reason);

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "The desk of {Pod} at {Address} can be reached again.")]
    public static partial void DeskAnswers(ILogger logger, string pod, System.Net.IPEndPoint address);

    [LoggerMessage(EventId = 312, Level = LogLevel.Error, Message = "Seats of {Target}: {What} failed once, and continues.")]
    public static partial void SeatsFailed(ILogger logger, ServiceTarget target, string what, Exception exception);

    [LoggerMessage(EventId = 331, Level = LogLevel.Information, Message = "Answering UDP datagrams on {Addresses}.")]
    public static partial void Pinging(ILogger logger, string addresses);

    [LoggerMessage(EventId = 332, Level = LogLevel.Information,
        Message = "Stopped. {Answered} datagrams were answered, and {Refused} were not.")]
    public static partial void PingsEnded(ILogger logger, long answered, long refused);

    [LoggerMessage(EventId = 333, Level = LogLevel.Warning, Message = "Receiving datagrams on {Address} failed. It is tried again.")]
    public static partial void PingFailed(ILogger logger, System.Net.IPEndPoint address, Exception exception);

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning,
        Message = "No connection can be accepted: {Reason}. Clients wait. It is tried again every 0.1 s; raise the limit of open files.")]
    public static partial void AcceptFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 335, Level = LogLevel.Error, Message = "A plain request failed; its connection was closed.")]
    public static partial void FirstLookFailed(ILogger logger, Exception exception);
}
