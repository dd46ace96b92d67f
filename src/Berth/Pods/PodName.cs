namespace Berth.Pods;

/// <summary>
/// A pod's name as it is kept: of a StatefulSet's pod the set's prefix, one object for all its pods, and the ordinal; of any other pod the
/// whole text. The number always gives back the very text it was read from.
/// </summary>
/// <param name="text">A <see cref="PodNamePrefix"/>, the whole text as a string, or null for no name.</param>
/// <param name="number">The number behind the prefix.</param>
internal readonly struct PodName(object? text, int number)
{
    /// <summary>A <see cref="PodNamePrefix"/>, the whole text, or null.</summary>
    public object? Text => text;

    /// <summary>The number behind the prefix; without one it means nothing.</summary>
    public int Number => number;

    /// <summary>The name, in a string that may be new, or null.</summary>
    public override string? ToString() => text is PodNamePrefix prefix ? prefix.With(number) : (string?)text;
}
