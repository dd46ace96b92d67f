using Microsoft.Extensions.Logging;

namespace Berth.Yarp.Diagnostics;

/// <summary>The log messages of this room. YARP logs requests, and destinations that come and go.</summary>
internal static partial class Log
{
    public const string Name = "Berth.Yarp";

    [LoggerMessage(EventId = 820, Level = LogLevel.Error, Message = "The destination '{Destination}' has no pods: {Fault}")]
    public static partial void DestinationRefused(ILogger logger, string destination, string fault);

    [LoggerMessage(EventId = 821, Level = LogLevel.Warning,
        Message = "The proxy starts without the pods of {Target}; they are added when they are known. {Reason}")]
    public static partial void StartedWithout(ILogger logger, ServiceTarget target, string reason);

    [LoggerMessage(EventId = 822, Level = LogLevel.Error,
        Message = "The pods of {Target} are no longer followed; the last known ones stay until the configuration is loaded again.")]
    public static partial void FollowingEnded(ILogger logger, ServiceTarget target, Exception exception);

    [LoggerMessage(EventId = 823, Level = LogLevel.Error, Message = "A change of pods could not be reported to the proxy.")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 824, Level = LogLevel.Debug, Message = "Cluster '{Cluster}' has no available pod '{Pod}'; the answer is 503.")]
    public static partial void PodMissing(ILogger logger, string cluster, string pod);

    [LoggerMessage(EventId = 825, Level = LogLevel.Warning,
        Message = "The resolver of the destinations {Destinations} failed. {Meanwhile}; they are resolved again in 10 s.")]
    public static partial void OthersFailed(ILogger logger, string destinations, string meanwhile, Exception exception);

    [LoggerMessage(EventId = 826, Level = LogLevel.Error,
        Message = "Following {Target} failed; the last known pods stay. It is followed again after {Seconds} s.")]
    public static partial void FollowingFailed(ILogger logger, ServiceTarget target, double seconds, Exception exception);
}
