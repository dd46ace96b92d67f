using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting.Diagnostics;

/// <summary>All log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1, LogLevel.Warning,
        "{Path} configures a view that this program does not add. It has no effect. Call AddBerthView or AddKeyedBerthView with its "
            + "name, or correct the name. Added are: {Views}.")]
    public static partial void ViewNotAdded(ILogger logger, string path, string views);
}
