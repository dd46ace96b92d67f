using System.Net;

namespace Berth.LocalCluster.Diagnostics;

/// <summary>Every log message of the room. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The local cluster's API listens on {Server}.")]
    public static partial void Listening(ILogger logger, Uri server);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed inside the local cluster.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string? path);

    [LoggerMessage(3, LogLevel.Error, "Controller {Controller} failed for {Key}; it tries again.")]
    public static partial void ReconcileFailed(ILogger logger, Exception exception, string controller, string key);

    [LoggerMessage(4, LogLevel.Information, "Container {Namespace}/{Pod}/{Container} runs as process {ProcessId}.")]
    public static partial void Started(ILogger logger, string? @namespace, string pod, string container, int? processId);

    [LoggerMessage(5, LogLevel.Information, "Container {Namespace}/{Pod}/{Container} ended with exit code {ExitCode}.")]
    public static partial void Ended(ILogger logger, string? @namespace, string pod, string container, int exitCode);

    [LoggerMessage(6, LogLevel.Error, "The worker of pod {Namespace}/{Pod} failed.")]
    public static partial void WorkerFailed(ILogger logger, Exception exception, string? @namespace, string pod);

    [LoggerMessage(7, LogLevel.Warning, "The local cluster does not enforce {Field}, which {Kind} {Name} asks for.")]
    public static partial void NotEnforced(ILogger logger, string field, string kind, string name);

    [LoggerMessage(8, LogLevel.Warning, "A tunnel of kubectl port-forward ends: {Reason}")]
    public static partial void TunnelEnded(ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Warning, "Port {Port}, which leads to {Target}, failed; it tries again.")]
    public static partial void PortFailed(ILogger logger, Exception exception, IPEndPoint port, string target);

    [LoggerMessage(
        10, LogLevel.Error, "Controller {Controller} could not take in a change of {Kind} {Key}; it tries again. The others continue.")]
    public static partial void ChangeFailed(ILogger logger, Exception exception, string controller, string kind, string key);

    [LoggerMessage(
        11, LogLevel.Error, "The {Probe} of container {Namespace}/{Pod}/{Container} could not be made; it is made again at its next time.")]
    public static partial void ProbeFailed(
        ILogger logger, Exception exception, string probe, string? @namespace, string pod, string container);

    [LoggerMessage(12, LogLevel.Error, "The fault {Fault} could not {Step}.")]
    public static partial void FaultFailed(ILogger logger, Exception exception, string fault, string step);
}
