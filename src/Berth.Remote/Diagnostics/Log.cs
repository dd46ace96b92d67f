using Microsoft.Extensions.Logging;

namespace Berth.Remote.Diagnostics;

/// <summary>
/// The log messages of this room. They report which dispatcher is followed, when that changes. The reader of the stream logs failure and
/// recovery.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 720, Level = LogLevel.Information, Message = "{Target}: following {Dispatcher}.")]
    public static partial void Following(ILogger logger, ServiceTarget target, Uri dispatcher);

    [LoggerMessage(EventId = 721, Level = LogLevel.Information, Message = "{Target}: following {Dispatcher} in place of {Before}.")]
    public static partial void FollowingInstead(ILogger logger, ServiceTarget target, Uri dispatcher, Uri before);

    [LoggerMessage(EventId = 722, Level = LogLevel.Warning,
        Message = "The token file {Path} cannot be read again, so the token that was read before stays in use. {Reason}")]
    public static partial void TokenNotRead(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 723, Level = LogLevel.Information, Message = "The token file {Path} can be read again.")]
    public static partial void TokenReadAgain(ILogger logger, string path);

    [LoggerMessage(EventId = 724, Level = LogLevel.Warning,
        Message = "The CA file {Path} cannot be read again, so the CAs that were read before stay in use. {Reason}")]
    public static partial void AuthorityNotRead(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 725, Level = LogLevel.Information, Message = "The CA file {Path} can be read again.")]
    public static partial void AuthorityReadAgain(ILogger logger, string path);
}
