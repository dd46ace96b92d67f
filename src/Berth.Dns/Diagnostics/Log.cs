using Microsoft.Extensions.Logging;

namespace Berth.Dns.Diagnostics;

/// <summary>
/// The log messages of this room: how pods are found, when that changes. The reader of the stream logs failure and recovery.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 700, Level = LogLevel.Information, Message = "{Target}: SRV records name the pods.")]
    public static partial void NamedBySrv(ILogger logger, ServiceTarget target);

    [LoggerMessage(EventId = 702, Level = LogLevel.Warning,
        Message = "{Target}: pods are found without a question that DNS left open. {Reason}")]
    public static partial void Unanswered(ILogger logger, ServiceTarget target, string reason);

    [LoggerMessage(EventId = 701, Level = LogLevel.Information,
        Message =
            "{Target}: DNS has no SRV records, so the pods are looked for one by one as {StatefulSet}-0, -1 and so on. Name a port of " +
            "the Service to find them all at once.")]
    public static partial void SearchedByOrdinal(ILogger logger, ServiceTarget target, string statefulSet);
}
