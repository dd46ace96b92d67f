using Berth.Snapshots;

namespace Berth;

/// <summary>
/// Something that the source sees and that a person has to look at: the snapshot is what the source says, and it may not be what is
/// meant. The directory logs a warning once when it appears and once when it is gone.
/// </summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Detail">The warning for people, with its values and the remedy: one or more sentences.</param>
public sealed record EndpointWarning(EndpointWarningKind Kind, string Detail)
{
    /// <summary>The warning for people: <c>several-sets: Pods of ...</c></summary>
    public override string ToString() => $"{EndpointWords.Of(Kind)}: {Detail}";
}
