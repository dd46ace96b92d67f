namespace Berth.Pods;

/// <summary>
/// A pod's name in memory: the ordinal, and the prefix, which is one object for all pods of a StatefulSet; or the whole text of any other
/// name. The default value is no name.
/// </summary>
internal readonly struct PodName
{
    /// <summary>The number that marks a name kept as a whole text.</summary>
    public const int NoNumber = -1;

    public PodName(string text)
    {
        Text = text;
        Number = NoNumber;
    }

    public PodName(PodNamePrefix prefix, int number)
    {
        Prefix = prefix;
        Number = number;
    }

    /// <summary>The text before the number, or null.</summary>
    public PodNamePrefix? Prefix { get; }

    /// <summary>
    /// The number after the prefix. It has no leading zeros, so that it formats to the same text. It has no meaning without a prefix.
    /// </summary>
    public int Number { get; }

    /// <summary>The whole text, or null for a name of prefix and number, and for no name.</summary>
    public string? Text { get; }

    /// <summary>True when there is a name.</summary>
    public bool IsStated => Prefix is not null || Text is not null;

    /// <summary>The name, in a string that may be new, or null.</summary>
    public override string? ToString() => Prefix?.With(Number) ?? Text;
}
