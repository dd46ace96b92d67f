namespace Berth.Remote.Wire;

/// <summary>A member of a <c>snapshot</c> or <c>changes</c> event.</summary>
internal enum ContentMember
{
    /// <summary>A member that the reader does not need.</summary>
    Other,
    Target,
    Version,
    StaleSince,
    Reason,
    Endpoints,
    Changes,
    LeftOut,
    Warnings,
}
