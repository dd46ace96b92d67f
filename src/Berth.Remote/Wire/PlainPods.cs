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
        if (!at.TryText("{\"pod\":"u8, out ReadOnlySpan<byte> name) || !TryWiden(name, text) || name.IsEmpty)
            return false;
        if (!at.TryText(",\"uid\":"u8, out ReadOnlySpan<byte> uid) || !PodReader.TryReadUuid(uid, out Guid value))
            return false;
        if (!at.TryNumber(",\"ordinal\":"u8, out int ordinal))
            return false;
        (pod.Name, pod.Uid, pod.Ordinal) = (parts.Name(text[..name.Length]), new(value, null), ordinal);
        return true;
    }

    private bool TryAddress(ref PlainCursor at)
    {
        Span<char> text = stackalloc char[MaxText];
        // Both are in the lists that follow too.
        if (!at.TryText(",\"authority\":"u8, out _) || !at.TryText(",\"address\":"u8, out _))
            return false;
        if (!at.TryText(",\"addresses\":["u8, out ReadOnlySpan<byte> address) || !TryWiden(address, text))
            return false;
        if (parts.Address(text[..address.Length]) is not { } parsed)
            return false;
        pod.Addresses.Add(parsed);
        return at.TryNumber("],\"port\":"u8, out _);
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
        if (!at.TryText("{\"name\":"u8, out ReadOnlySpan<byte> name) || !at.TryNumber(",\"port\":"u8, out int number))
            return false;
        if (!at.TryText(",\"protocol\":"u8, out ReadOnlySpan<byte> protocol) || !at.TryPass("}"u8))
            return false;
        bool isPort = number is >= PortRange.Min and <= PortRange.Max;
        if (!isPort || Word(name) is not { } word || Word(protocol) is not { } kind)
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
        if (!at.TryTextOrNull(",\"node\":"u8, out ReadOnlySpan<byte> node) || !TryWiden(node, first))
            return false;
        if (!at.TryTextOrNull(",\"zone\":"u8, out ReadOnlySpan<byte> zone) || !TryWiden(zone, second))
            return false;
        if (at.TryPass(",\"cluster\":"u8) && (!at.TryText(out cluster) || !TryWiden(cluster, third)))
            return false;
        pod.Scope = parts.Scope(first[..node.Length], second[..zone.Length], third[..cluster.Length]);
        return true;
    }

    private bool TryState(ref PlainCursor at)
    {
        if (!at.TryFlag(",\"ready\":"u8, out bool ready) || !at.TryFlag(",\"serving\":"u8, out bool serving))
            return false;
        if (!at.TryFlag(",\"terminating\":"u8, out bool terminating))
            return false;
        if (!at.TryText(",\"state\":"u8, out ReadOnlySpan<byte> state) || !at.TryPass("}"u8))
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
