using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes;

/// <summary>What this room logs: once for each change of state, never once an attempt.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning,
        Message = "Nodes may not be read, so external addresses are unknown and pods are left out. {Reason}")]
    public static partial void NodesForbidden(ILogger logger, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning,
        Message = "Nodes may not be read, so internal addresses are given instead of external ones. {Reason}")]
    public static partial void NodesForbiddenInternal(ILogger logger, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning,
        Message = "Nodes cannot be read; the external addresses known so far stay. {Reason}")]
    public static partial void NodesStale(ILogger logger, string reason);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "Nodes are read again.")]
    public static partial void NodesRecovered(ILogger logger);
}
