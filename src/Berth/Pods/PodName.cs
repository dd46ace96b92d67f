namespace Berth.Pods;

/// <summary>
/// A pod's name as it is kept: the prefix of a StatefulSet, one object for all its pods, and the ordinal; or the whole text of any other
/// name. The default value is no name.
/// </summary>
internal readonly struct PodName
{
    /// <summary>The number of a name that is kept as a whole.</summary>
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

    /// <summary>The number behind the prefix; it gives back the very text it was read from. Without a prefix it means nothing.</summary>
    public int Number { get; }

    /// <summary>The whole text, or null for a name of prefix and number, and for no name.</summary>
    public string? Text { get; }

    /// <summary>True when there is a name.</summary>
    public bool IsStated => Prefix is not null || Text is not null;

    /// <summary>The name, in a string that may be new, or null.</summary>
    public override string? ToString() => Prefix?.With(Number) ?? Text;
}
