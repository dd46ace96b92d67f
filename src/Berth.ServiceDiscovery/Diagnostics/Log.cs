using Microsoft.Extensions.Logging;

namespace Berth.ServiceDiscovery.Diagnostics;

/// <summary>All log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "A listener to changes of {Target} threw an exception. The others were notified.")]
    public static partial void ListenerFailed(ILogger logger, ServiceTarget target, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Following {Target} failed. It is followed again after {Seconds} s.")]
    public static partial void FollowFailed(ILogger logger, ServiceTarget target, double seconds, Exception exception);
}
