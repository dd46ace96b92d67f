using System.Globalization;

namespace Berth.Pods;

/// <summary>The beginning of the names of one StatefulSet's pods, the dash included.</summary>
internal sealed class PodNamePrefix(string text)
{
    public string Text => text;

    /// <summary>The hash of a sticky pick so far; the digits follow.</summary>
    public ulong HashState { get; } = KeyHash.Begin(text);

    public string With(int number) => string.Create(CultureInfo.InvariantCulture, $"{text}{number}");
}
