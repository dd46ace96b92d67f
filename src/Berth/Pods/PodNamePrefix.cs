using System.Globalization;

namespace Berth.Pods;

/// <summary>The prefix of the pod names of one StatefulSet, including the dash.</summary>
internal sealed class PodNamePrefix(string text)
{
    public string Text => text;

    /// <summary>The hash of the prefix, for sticky picks. The digits of the ordinal complete it.</summary>
    public ulong HashState { get; } = KeyHash.Begin(text);

    public string With(int number) => string.Create(CultureInfo.InvariantCulture, $"{text}{number}");
}
