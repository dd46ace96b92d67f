using System.Text;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>
/// Reads the JSON of a pod in exactly the form that <c>EndpointJson</c> writes, with one address and no host name. Almost every pod has
/// this form, and a general JSON reader would take a third of a follower's CPU. Every other form is left to <see cref="PodReader"/>.
/// </summary>
internal sealed class PlainPods(SharedParts parts, PodDraft pod)
{
    // Longer than almost all names of pods, nodes and zones. A longer one is read like any JSON.
    private const int MaxText = 128;

    /// <summary>Reads the pod's object, which begins here, into the draft.</summary>
    /// <returns>The length of the object, or 0 when it has another form or is not all there.</returns>
    public int Read(ReadOnlySpan<byte> json)
    {
        PlainCursor at = new(json);
        pod.Clear();
        bool isPlain = TryName(ref at) && TryAddress(ref at) && TryPorts(ref at) && TryScope(ref at) && TryState(ref at);
        return isPlain ? json.Length - at.Left : 0;
    }

    private bool TryName(ref PlainCursor at)
    {
        Span<char> text = stackalloc char[MaxText];
        if (!at.TryPass("{\"pod\":"u8) || !at.TryText(out ReadOnlySpan<byte> name) || !TryWiden(name, text) || name.IsEmpty)
            return false;
        if (!at.TryPass(",\"uid\":"u8) || !at.TryText(out ReadOnlySpan<byte> uid) || !PodReader.TryReadUuid(uid, out Guid value))
            return false;
        if (!at.TryPass(",\"ordinal\":"u8) || !at.TryNumber(out int ordinal))
            return false;
        (pod.Name, pod.Uid, pod.Ordinal) = (parts.Name(text[..name.Length]), new(value, null), ordinal);
        return true;
    }

    private bool TryAddress(ref PlainCursor at)
    {
        Span<char> text = stackalloc char[MaxText];
        if (!at.TryPass(",\"authority\":"u8) || !at.TryText(out _) || !at.TryPass(",\"address\":"u8) || !at.TryText(out _)
            || !at.TryPass(",\"addresses\":["u8) || !at.TryText(out ReadOnlySpan<byte> address) || !TryWiden(address, text)
            || parts.Address(text[..address.Length]) is not { } parsed)
            return false;
        pod.Addresses.Add(parsed);
        return at.TryPass("],\"port\":"u8) && at.TryNumber(out _);
    }

    private bool TryPorts(ref PlainCursor at)
    {
        if (!at.TryPass(",\"ports\":["u8))
            return false;
        do
        {
            if (!TryPort(ref at))
                return false;
        }
        while (at.TryPass(","u8));
        return at.TryPass("]"u8);
    }

    private bool TryPort(ref PlainCursor at)
    {
        if (!at.TryPass("{\"name\":"u8) || !at.TryText(out ReadOnlySpan<byte> name)
            || !at.TryPass(",\"port\":"u8) || !at.TryNumber(out int number) || number is < PortRange.Min or > PortRange.Max
            || !at.TryPass(",\"protocol\":"u8) || !at.TryText(out ReadOnlySpan<byte> protocol) || !at.TryPass("}"u8)
            || Word(name) is not { } word || Word(protocol) is not { } kind)
            return false;
        pod.Ports.Add(new EndpointPort(word, number, kind));
        return true;
    }

    private bool TryScope(ref PlainCursor at)
    {
        Span<char> first = stackalloc char[MaxText];
        Span<char> second = stackalloc char[MaxText];
        Span<char> third = stackalloc char[MaxText];
        ReadOnlySpan<byte> cluster = default;
        if (!at.TryPass(",\"node\":"u8) || !at.TryTextOrNull(out ReadOnlySpan<byte> node) || !TryWiden(node, first)
            || !at.TryPass(",\"zone\":"u8) || !at.TryTextOrNull(out ReadOnlySpan<byte> zone) || !TryWiden(zone, second))
            return false;
        if (at.TryPass(",\"cluster\":"u8) && (!at.TryText(out cluster) || !TryWiden(cluster, third)))
            return false;
        pod.Scope = parts.Scope(first[..node.Length], second[..zone.Length], third[..cluster.Length]);
        return true;
    }

    private bool TryState(ref PlainCursor at)
    {
        if (!at.TryPass(",\"ready\":"u8) || !at.TryFlag(out bool ready) || !at.TryPass(",\"serving\":"u8) || !at.TryFlag(out bool serving)
            || !at.TryPass(",\"terminating\":"u8) || !at.TryFlag(out bool terminating)
            || !at.TryPass(",\"state\":"u8) || !at.TryText(out ReadOnlySpan<byte> state) || !at.TryPass("}"u8))
            return false;
        (pod.Ready, pod.Serving, pod.Terminating, pod.Cordoned) = (ready, serving, terminating, state.SequenceEqual("cordoned"u8));
        return true;
    }

    /// <summary>Returns one object for equal words, or null for a word that is too long.</summary>
    private string? Word(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("TCP"u8))
            return "TCP";
        Span<char> wide = stackalloc char[MaxText];
        return TryWiden(text, wide) ? parts.Word(wide[..text.Length]) : null;
    }

    private static bool TryWiden(ReadOnlySpan<byte> text, Span<char> into) =>
        text.Length <= into.Length && Encoding.ASCII.TryGetChars(text, into, out _);
}
