using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Diagnostics;

/// <summary>The log messages of this room. Event ids are stable: 200 to 299.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning,
        Message = "{Name} could not be read again; its last content stays in use. {Reason}")]
    internal static partial void KeepsOld(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "{Name} can be read again.")]
    internal static partial void ReadAgain(ILogger logger, string name);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "The credential plugin \"{Plugin}\" of user \"{User}\" says: {Line}")]
    internal static partial void PluginSays(ILogger logger, string plugin, string user, string line);

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning,
        Message = "Reading Nodes is forbidden, so external addresses are unknown and pods are left out. {Reason}")]
    public static partial void NodesForbidden(ILogger logger, string reason);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning,
        Message = "Reading Nodes is forbidden, so internal addresses are used instead of external ones. {Reason}")]
    public static partial void NodesForbiddenInternal(ILogger logger, string reason);

    [LoggerMessage(EventId = 212, Level = LogLevel.Warning,
        Message = "Nodes cannot be read; the known external addresses stay in use. {Reason}")]
    public static partial void NodesStale(ILogger logger, string reason);

    [LoggerMessage(EventId = 213, Level = LogLevel.Information, Message = "Nodes can be read again.")]
    public static partial void NodesRecovered(ILogger logger);

    [LoggerMessage(EventId = 214, Level = LogLevel.Warning,
        Message = "Node {Node} is Ready and has lost an external address. {Addresses} stays in use for {Minutes} minutes.")]
    public static partial void ExternalAddressLost(ILogger logger, string node, string addresses, double minutes);

    [LoggerMessage(EventId = 215, Level = LogLevel.Information,
        Message = "Node {Node} had lost an external address. From now on it has: {Addresses}.")]
    public static partial void ExternalAddressSettled(ILogger logger, string node, string addresses);

    [LoggerMessage(EventId = 216, Level = LogLevel.Warning,
        Message = "The external address that a label or annotation of node {Node} states is ignored: {Fault}.")]
    public static partial void MarkUnreadable(ILogger logger, string node, string fault);

    [LoggerMessage(EventId = 217, Level = LogLevel.Information, Message = "The address map {Path} has changed: {Count} lines.")]
    public static partial void AddressMapChanged(ILogger logger, string path, int count);

    [LoggerMessage(EventId = 218, Level = LogLevel.Error, Message = "Reading the address map failed; its last content stays in use.")]
    public static partial void MapFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 221, Level = LogLevel.Error,
        Message = "Dropping external addresses that are lost failed. They stay in use until the next answer about nodes.")]
    public static partial void ExpiryFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 219, Level = LogLevel.Warning,
        Message = "Pods of {Target} on node {Node} have lost their external address. Their internal address is returned now.")]
    public static partial void InternalNow(ILogger logger, ServiceTarget target, string node);

    [LoggerMessage(EventId = 220, Level = LogLevel.Information,
        Message = "Pods of {Target} on node {Node} have an external address again, which is returned now.")]
    public static partial void ExternalAgain(ILogger logger, ServiceTarget target, string node);
}
