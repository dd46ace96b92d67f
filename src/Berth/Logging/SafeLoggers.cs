using Microsoft.Extensions.Logging;

namespace Berth.Logging;

/// <summary>Creates the loggers of the rooms.</summary>
internal static class SafeLoggers
{
    /// <summary>Creates a logger whose calls never throw. A room creates each of its loggers by this.</summary>
    public static ILogger CreateSafeLogger(this ILoggerFactory loggers, string name) => new SafeLogger(loggers.CreateLogger(name));
}
