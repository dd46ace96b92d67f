using Microsoft.Extensions.Logging;

namespace Berth.Grpc.Diagnostics;

/// <summary>The log messages of this room. The library logs connections and picks.</summary>
internal static partial class Log
{
    public const string Name = "Berth.Grpc";

    [LoggerMessage(EventId = 800, Level = LogLevel.Error,
        Message = "The channel no longer follows {Name}; its calls fail. Open a new channel when the cause is gone.")]
    public static partial void ResolverEnded(ILogger logger, string name, Exception exception);

    [LoggerMessage(EventId = 801, Level = LogLevel.Error,
        Message = "HostName of the options failed for a pod of {Name}; calls fail until the next change of the pods.")]
    public static partial void HostNameFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(EventId = 802, Level = LogLevel.Error,
        Message = "Following {Name} failed; the last known pods stay, and it is tried again.")]
    public static partial void FollowingFailed(ILogger logger, string name, Exception exception);
}
