namespace Berth.Remote.Wire;

/// <summary>A member of a <c>snapshot</c> or <c>changes</c> event.</summary>
internal enum ContentMember
{
    /// <summary>One that nothing follows from here.</summary>
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
