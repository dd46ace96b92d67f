using Microsoft.Extensions.Logging;

namespace Berth.Dns.Diagnostics;

/// <summary>
/// The log messages of this room. They report how pods are found, when that changes. The reader of the stream logs failure and recovery.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 700, Level = LogLevel.Information, Message = "{Target}: SRV records name the pods.")]
    public static partial void NamedBySrv(ILogger logger, ServiceTarget target);

    [LoggerMessage(EventId = 702, Level = LogLevel.Warning,
        Message = "{Target}: DNS did not answer a question; the pods were found without it. {Reason}")]
    public static partial void Unanswered(ILogger logger, ServiceTarget target, string reason);

    [LoggerMessage(EventId = 701, Level = LogLevel.Information,
        Message =
            "{Target}: DNS has no SRV records, so pods are searched one by one as {StatefulSet}-0, -1 and so on. " +
            "Name a port of the Service to find all of them with one question.")]
    public static partial void SearchedByOrdinal(ILogger logger, ServiceTarget target, string statefulSet);
}
