using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>Reads pods from JSON, as <c>EndpointJson</c> writes them. Not safe for several threads.</summary>
internal sealed class PodReader(ServiceTarget target, PortScheme scheme, string? own)
{
    private const int UuidLength = 36;

    private readonly SharedParts _parts = new(target.Namespace, own);
    private readonly PodMembers _members = new();
    private readonly PodPorts _podPorts = new(scheme);
    private readonly List<IPAddress> _addresses = [];
    private readonly List<EndpointPort> _ports = [];

    /// <summary>Reads the pod whose object the reader has just entered.</summary>
    /// <exception cref="WatchFormatException">It is no pod, or not one of this client's port scheme.</exception>
    public PodEndpoint Read(scoped ref Utf8JsonReader reader)
    {
        PodName name = default;
        PodUid uid = default;
        long? ordinal = null;
        string? host = null;
        bool ready = false, serving = false, terminating = false, cordoned = false;
        Span<char> node = stackalloc char[JsonText.MaxNameLength];
        Span<char> zone = stackalloc char[JsonText.MaxNameLength];
        Span<char> cluster = stackalloc char[JsonText.MaxNameLength];
        int nodeLength = 0, zoneLength = 0, clusterLength = 0;
        _addresses.Clear();
        _ports.Clear();
        while (JsonText.NextMember(ref reader))
        {
            switch (_members.Find(ref reader))
            {
                case PodMember.Pod:
                    name = ReadName(ref reader);
                    break;
                case PodMember.Uid:
                    uid = ReadUid(ref reader);
                    break;
                case PodMember.Ordinal:
                    ordinal = JsonText.ReadNumber(ref reader, "ordinal");
                    break;
                case PodMember.Addresses:
                    ReadAddresses(ref reader);
                    break;
                case PodMember.Host:
                    host = ReadHost(ref reader);
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
                    ready = JsonText.ReadFlag(ref reader, "ready");
                    break;
                case PodMember.Serving:
                    serving = JsonText.ReadFlag(ref reader, "serving");
                    break;
                case PodMember.Terminating:
                    terminating = JsonText.ReadFlag(ref reader, "terminating");
                    break;
                case PodMember.State:
                    cordoned = ReadCordoned(ref reader);
                    break;
                default:
                    JsonText.Skip(ref reader);
                    break;
            }
        }

        CheckStated(name, ordinal);
        int? used = scheme.NeedsOrdinal && name.Prefix is not null ? name.Number : null;
        IReadOnlyList<EndpointPort>? ports = null;
        PortRule? rule = _podPorts.FindRule(used, _ports);
        if (rule is null)
            ports = _podPorts.Find(name, used, _ports, out rule);
        PodScope scope = _parts.Scope(node[..nodeLength], zone[..zoneLength], cluster[..clusterLength]);
        if (rule is not null && _addresses.Count == 1 && host is null
            && RemotePod.TryMake(name, scope, uid, _addresses[0], ready, serving, terminating, rule) is { } pod)
            return cordoned ? new CordonedEndpoint(pod) : pod;
        PodEndpoint listed = PodEndpoint.Create(
            name.ToString()!, target.Namespace, [.. _addresses], [.. ports ?? rule!.All(used ?? 0)], used, uid.ToString(), scope.Node,
            scope.Zone, ready, serving, terminating, host, scope.Cluster);
        return cordoned ? new CordonedEndpoint(listed) : listed;
    }

    private void CheckStated(PodName name, long? ordinal)
    {
        if (!name.IsStated)
            throw new WatchFormatException("it states a pod without a name");
        if (_addresses.Count == 0 || _ports.Count == 0)
            throw new WatchFormatException($"it states the pod {name} without an address or without a port");
        // An ordinal that is not in the name is not believed.
        if (ordinal is { } stated && (name.Prefix is null || name.Number != stated))
            throw new WatchFormatException($"it states the ordinal {stated} for the pod {name}");
    }

    private PodName ReadName(scoped ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.MaxNameLength];
        int length = JsonText.CopyName(ref reader, "pod", text);
        return length == 0 ? default : _parts.Name(text[..length]);
    }

    // All other states follow from the conditions.
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
        ReadOnlySpan<byte> text = reader.ValueSpan;
        if (text.Length == UuidLength && !reader.ValueIsEscaped && !text.ContainsAnyInRange((byte)'A', (byte)'F')
            && Utf8Parser.TryParse(text, out Guid value, out int read, 'D') && read == UuidLength && value != Guid.Empty)
            return new PodUid(value, null);
        return new PodUid(reader.GetString());
    }

    private void ReadAddresses(scoped ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.MaxNameLength];
        JsonText.EnterArray(ref reader, "addresses");
        while (JsonText.NextItem(ref reader))
        {
            int length = JsonText.CopyValue(ref reader, "addresses", text);
            _addresses.Add(_parts.Address(text[..length])
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
            _ports.Add(ReadPort(ref reader));
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
