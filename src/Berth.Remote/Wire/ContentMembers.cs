using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>The names of the members of a <c>snapshot</c> or <c>changes</c> event.</summary>
internal static class ContentMembers
{
    /// <summary>Finds the member whose name is the reader's current token.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="isWhole">True in a <c>snapshot</c>, where the list of pods has another name.</param>
    public static ContentMember Find(scoped ref Utf8JsonReader reader, bool isWhole) =>
        reader.ValueTextEquals("target"u8) ? ContentMember.Target
        : reader.ValueTextEquals("version"u8) ? ContentMember.Version
        : reader.ValueTextEquals("staleSince"u8) ? ContentMember.StaleSince
        : reader.ValueTextEquals("reason"u8) ? ContentMember.Reason
        : isWhole && reader.ValueTextEquals("endpoints"u8) ? ContentMember.Endpoints
        : !isWhole && reader.ValueTextEquals("changes"u8) ? ContentMember.Changes
        : reader.ValueTextEquals("leftOut"u8) ? ContentMember.LeftOut
        : reader.ValueTextEquals("warnings"u8) ? ContentMember.Warnings
        : ContentMember.Other;

    /// <summary>True for a member whose value is a list.</summary>
    public static bool IsList(ContentMember member) =>
        member is ContentMember.Endpoints or ContentMember.Changes or ContentMember.LeftOut or ContentMember.Warnings;

    /// <summary>The name, for a message.</summary>
    public static string NameOf(ContentMember member) => member switch
    {
        ContentMember.Endpoints => "endpoints",
        ContentMember.Changes => "changes",
        ContentMember.LeftOut => "leftOut",
        _ => "warnings",
    };
}
