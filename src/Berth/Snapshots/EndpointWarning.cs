using Berth.Snapshots;

namespace Berth;

/// <summary>
/// A fact that a person has to look at: the snapshot is what the source says, but may not be what you mean. The directory logs a warning
/// when it appears and when it is gone.
/// </summary>
/// <param name="Kind">The kind of the warning.</param>
/// <param name="Detail">The warning for people, with its values and the remedy: one or more sentences.</param>
public sealed record EndpointWarning(EndpointWarningKind Kind, string Detail)
{
    /// <summary>The warning for people: <c>several-sets: Pods of ...</c></summary>
    public override string ToString() => $"{EndpointWords.Of(Kind)}: {Detail}";
}
