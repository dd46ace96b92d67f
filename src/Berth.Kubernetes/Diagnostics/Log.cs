using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Diagnostics;

/// <summary>Everything this room logs. Event ids are stable: 200 to 299.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "{Name} could not be read again; what was read before stays in use. {Reason}")]
    internal static partial void KeepsOld(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "{Name} can be read again.")]
    internal static partial void ReadAgain(ILogger logger, string name);
}
