using System.Buffers.Text;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>Reads pods from JSON of any form, with the members that <c>EndpointJson</c> writes. Not safe for several threads.</summary>
internal sealed class PodReader
{
    private const int UuidLength = 36;

    private readonly SharedParts _parts;
    private readonly PodMaker _maker;
    private readonly PlainPods _plain;
    private readonly PodDraft _pod = new();
    private readonly PodMembers _members = new();

    /// <param name="target">The target.</param>
    /// <param name="scheme">The scheme of its ports.</param>
    /// <param name="own">The name that this client gives to the dispatcher's cluster, or null.</param>
    public PodReader(ServiceTarget target, PortScheme scheme, string? own)
    {
        _parts = new SharedParts(target.Namespace, own);
        _maker = new PodMaker(target, scheme);
        _plain = new PlainPods(_parts, _pod);
    }

    /// <summary>Reads a UID that is a UUID as Kubernetes writes it.</summary>
    public static bool TryReadUuid(ReadOnlySpan<byte> text, out Guid value)
    {
        value = default;
        return text.Length == UuidLength && !text.ContainsAnyInRange((byte)'A', (byte)'F')
            && Utf8Parser.TryParse(text, out value, out int read, 'D') && read == UuidLength && value != Guid.Empty;
    }

    /// <summary>Reads a pod of the plain form whose object begins here.</summary>
    /// <param name="json">The pod, and what follows it.</param>
    /// <param name="pod">The pod.</param>
    /// <returns>The length of the object, or 0 when it has another form or is not all there.</returns>
    /// <exception cref="WatchFormatException">It is no pod, or not one of this client's port scheme.</exception>
    public int ReadPlain(ReadOnlySpan<byte> json, out PodEndpoint? pod)
    {
        int length = _plain.Read(json);
        pod = length == 0 ? null : _maker.Make(_pod);
        return length;
    }

    /// <summary>Reads the pod whose object the reader has just entered.</summary>
    /// <exception cref="WatchFormatException">It is no pod, or not one of this client's port scheme.</exception>
    public PodEndpoint Read(scoped ref Utf8JsonReader reader)
    {
        Span<char> node = stackalloc char[JsonText.MaxNameLength];
        Span<char> zone = stackalloc char[JsonText.MaxNameLength];
        Span<char> cluster = stackalloc char[JsonText.MaxNameLength];
        int nodeLength = 0, zoneLength = 0, clusterLength = 0;
        _pod.Clear();
        while (JsonText.NextMember(ref reader))
        {
            switch (_members.Find(ref reader))
            {
                case PodMember.Pod:
                    _pod.Name = ReadName(ref reader);
                    break;
                case PodMember.Uid:
                    _pod.Uid = ReadUid(ref reader);
                    break;
                case PodMember.Ordinal:
                    _pod.Ordinal = JsonText.ReadNumber(ref reader, "ordinal");
                    break;
                case PodMember.Addresses:
                    ReadAddresses(ref reader);
                    break;
                case PodMember.Host:
                    _pod.Host = ReadHost(ref reader);
                    break;
                case PodMember.Ports:
                    ReadPorts(ref reader);
                    break;
                case PodMember.Node:
                    nodeLength = JsonText.CopyName(ref reader, "node", node);
                    break;
                case PodMember.Zone:
                    zoneLength = JsonText.CopyName(ref reader, "zone", zone);
                    break;
                case PodMember.Cluster:
                    clusterLength = JsonText.CopyName(ref reader, "cluster", cluster);
                    break;
                case PodMember.Ready:
                    _pod.Ready = JsonText.ReadFlag(ref reader, "ready");
                    break;
                case PodMember.Serving:
                    _pod.Serving = JsonText.ReadFlag(ref reader, "serving");
                    break;
                case PodMember.Terminating:
                    _pod.Terminating = JsonText.ReadFlag(ref reader, "terminating");
                    break;
                case PodMember.State:
                    _pod.Cordoned = ReadCordoned(ref reader);
                    break;
                default:
                    JsonText.Skip(ref reader);
                    break;
            }
        }

        _pod.Scope = _parts.Scope(node[..nodeLength], zone[..zoneLength], cluster[..clusterLength]);
        return _maker.Make(_pod);
    }

    private PodName ReadName(scoped ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.MaxNameLength];
        int length = JsonText.CopyName(ref reader, "pod", text);
        return length == 0 ? default : _parts.Name(text[..length]);
    }

    private static bool ReadCordoned(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            throw JsonText.Unexpected(ref reader, "state");
        return reader.ValueTextEquals("cordoned"u8);
    }

    private static string? ReadHost(scoped ref Utf8JsonReader reader)
    {
        string? host = JsonText.ReadText(ref reader, "host");
        return host is null || HostNames.IsValid(host) ? host : throw new WatchFormatException($"it states '{host}' as a host name");
    }

    private static PodUid ReadUid(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return default;
        if (reader.TokenType != JsonTokenType.String)
            throw JsonText.Unexpected(ref reader, "uid");
        return !reader.ValueIsEscaped && TryReadUuid(reader.ValueSpan, out Guid value)
            ? new PodUid(value, null)
            : new PodUid(reader.GetString());
    }

    private void ReadAddresses(scoped ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.MaxNameLength];
        JsonText.EnterArray(ref reader, "addresses");
        while (JsonText.NextItem(ref reader))
        {
            int length = JsonText.CopyValue(ref reader, "addresses", text);
            _pod.Addresses.Add(_parts.Address(text[..length])
                ?? throw new WatchFormatException($"it states '{text[..length]}' as an address"));
        }
    }

    private void ReadPorts(scoped ref Utf8JsonReader reader)
    {
        JsonText.EnterArray(ref reader, "ports");
        while (JsonText.NextItem(ref reader))
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonText.Unexpected(ref reader, "ports");
            _pod.Ports.Add(ReadPort(ref reader));
        }
    }

    private EndpointPort ReadPort(scoped ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.MaxNameLength];
        (string name, string protocol) = ("", "TCP");
        long? number = null;
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
                name = _parts.Word(text[..JsonText.CopyName(ref reader, "name", text)]);
            else if (reader.ValueTextEquals("port"u8))
                number = JsonText.ReadNumber(ref reader, "port");
            else if (reader.ValueTextEquals("protocol"u8))
                protocol = _parts.Word(text[..JsonText.CopyName(ref reader, "protocol", text)]);
            else
                JsonText.Skip(ref reader);
        }

        return number is >= PortRange.Min and <= PortRange.Max
            ? new EndpointPort(name, (int)number, protocol)
            : throw new WatchFormatException($"it states the port {number}");
    }
}
