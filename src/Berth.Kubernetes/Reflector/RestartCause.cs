namespace Berth.Kubernetes.Reflector;

/// <summary>The causes of restarted watches and lists: the values of the attribute <c>berth.watch.restart.cause</c>.</summary>
internal static class RestartCause
{
    /// <summary>The server ended the watch cleanly.</summary>
    public const string Closed = "closed";

    /// <summary>The server ended it within a second without anything new.</summary>
    public const string TooShort = "tooshort";

    /// <summary>The connection broke.</summary>
    public const string Broken = "broken";

    /// <summary>An ERROR event other than 410, or a refusal.</summary>
    public const string Error = "error";

    /// <summary>An event that could not be read.</summary>
    public const string Malformed = "malformed";

    /// <summary>410: the version is no longer kept.</summary>
    public const string Gone = "gone";

    /// <summary>The version is too large: the server does not know it yet, or no longer.</summary>
    public const string TooLarge = "toolarge";

    /// <summary>The server's versions went back.</summary>
    public const string Backwards = "backwards";

    /// <summary>No data arrived for too long.</summary>
    public const string Idle = "idle";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Closed, TooShort, Broken, Error, Malformed, Gone, TooLarge, Backwards, Idle];
}
