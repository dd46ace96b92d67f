using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Pods;
using Berth.Snapshots;

namespace Berth.Writing;

/// <summary>
/// Writes endpoints as JSON, for service A and for the command line. Only this class names the fields. docs/http-api.md describes them.
/// </summary>
internal static class EndpointJson
{
    /// <summary>
    /// The options of the writer. The JSON is never part of HTML, so quotes, plus signs and letters of any script stay readable.
    /// </summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an endpoint as an object.</summary>
    public static void Write(Utf8JsonWriter json, PodEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        WriteMembers(json, endpoint);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of an endpoint into an object that is already open.</summary>
    public static void WriteMembers(Utf8JsonWriter json, PodEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(endpoint);
        PodNames.Write(json, "pod"u8, endpoint);
        CompactEndpoint? compact = endpoint as CompactEndpoint;
        WriteUid(json, endpoint, compact);
        WriteOrdinal(json, endpoint.Ordinal);
        PodAuthority.Write(json, "authority"u8, endpoint);
        json.WritePropertyName("address"u8);
        PodAuthority.Write(json, endpoint.Address);
        WriteAddresses(json, endpoint, compact);
        // Most endpoints have no host name. A list of 100,000 must not repeat that for each.
        if (endpoint.Host is { } host)
            json.WriteString("host"u8, host);
        json.WriteNumber("port"u8, endpoint.Port);
        if (compact is null)
            WritePorts(json, endpoint.Ports);
        else
            WritePorts(json, compact);
        json.WriteString("node"u8, endpoint.Node);
        json.WriteString("zone"u8, endpoint.Zone);
        WriteCluster(json, endpoint.Cluster);
        json.WriteBoolean("ready"u8, endpoint.Ready);
        json.WriteBoolean("serving"u8, endpoint.Serving);
        json.WriteBoolean("terminating"u8, endpoint.Terminating);
        json.WriteString("state"u8, EndpointWords.Of(endpoint.State));
    }

    /// <summary>Writes the member <c>cluster</c>, or nothing where only one cluster is followed.</summary>
    public static void WriteCluster(Utf8JsonWriter json, string? cluster)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (cluster is not null)
            json.WriteString("cluster"u8, cluster);
    }

    /// <summary>Writes the member <c>ordinal</c>: a number, or null.</summary>
    public static void WriteOrdinal(Utf8JsonWriter json, int? ordinal)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (ordinal is { } number)
            json.WriteNumber("ordinal"u8, number);
        else
            json.WriteNull("ordinal"u8);
    }

    /// <summary>Writes the member <c>ports</c>: an array of name, port and protocol.</summary>
    public static void WritePorts(Utf8JsonWriter json, IReadOnlyList<EndpointPort> ports)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(ports);
        json.WriteStartArray("ports"u8);
        foreach (EndpointPort port in ports)
            Write(json, port);
        json.WriteEndArray();
    }

    /// <summary>Writes a pod that is left out as an object.</summary>
    public static void Write(Utf8JsonWriter json, LeftOutPod pod)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(pod);
        json.WriteStartObject();
        json.WriteString("pod"u8, pod.Name);
        WriteCluster(json, pod.Cluster);
        json.WriteString("reason"u8, EndpointWords.Of(pod.Reason));
        json.WriteString("detail"u8, pod.Detail);
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>warnings</c>: an array of kind and detail.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<EndpointWarning> warnings)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(warnings);
        json.WriteStartArray("warnings"u8);
        foreach (EndpointWarning warning in warnings)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, EndpointWords.Of(warning.Kind));
            json.WriteString("detail"u8, warning.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a clash of ports as an object.</summary>
    public static void Write(Utf8JsonWriter json, PortClash clash)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(clash);
        json.WriteStartObject();
        json.WriteString("address"u8, clash.Address.ToString());
        json.WriteNumber("port"u8, clash.Port);
        json.WriteString("protocol"u8, clash.Protocol);
        json.WriteStartArray("pods"u8);
        foreach (string pod in clash.Pods)
            json.WriteStringValue(pod);
        json.WriteEndArray();
        json.WriteStartArray("claims"u8);
        foreach (PortClaim claim in clash.Claims)
        {
            json.WriteStartObject();
            json.WriteString("target"u8, claim.Target.ToString());
            json.WriteString("pod"u8, claim.Pod);
            if (claim.Cluster is { } cluster)
                json.WriteString("cluster"u8, cluster);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // The parts of a compact endpoint are written without the texts and lists of its properties: an answer may have 100,000 of them.
    private static void WriteUid(Utf8JsonWriter json, PodEndpoint endpoint, CompactEndpoint? compact)
    {
        if (compact?.UidValue is { Text: null, IsStated: true } uid)
            json.WriteString("uid"u8, uid.Value);
        else
            json.WriteString("uid"u8, endpoint.Uid);
    }

    private static void WriteAddresses(Utf8JsonWriter json, PodEndpoint endpoint, CompactEndpoint? compact)
    {
        json.WriteStartArray("addresses"u8);
        if (compact is null)
        {
            foreach (IPAddress address in endpoint.Addresses)
                PodAuthority.Write(json, address);
        }
        else
        {
            PodAuthority.Write(json, compact.Address);
        }

        json.WriteEndArray();
    }

    private static void WritePorts(Utf8JsonWriter json, CompactEndpoint endpoint)
    {
        json.WriteStartArray("ports"u8);
        for (int i = 0; i < endpoint.PortCount; i++)
            Write(json, endpoint.PortAt(i));
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EndpointPort port)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, port.Name);
        json.WriteNumber("port"u8, port.Number);
        json.WriteString("protocol"u8, port.Protocol);
        json.WriteEndObject();
    }
}
