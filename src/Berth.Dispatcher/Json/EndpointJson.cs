using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Dispatcher;

/// <summary>The JSON of endpoints and snapshots: the one place that names its fields.</summary>
internal static class EndpointJson
{
    /// <summary>The body is JSON, never inside HTML: quotes, plus signs and letters of any script stay readable.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Name(PodState state) => state switch
    {
        PodState.Ready => "ready",
        PodState.NotReady => "not-ready",
        PodState.Draining => "draining",
        _ => "terminating",
    };

    public static string Name(ExclusionReason reason) => reason switch
    {
        ExclusionReason.NoName => "no-name",
        ExclusionReason.NoOrdinal => "no-ordinal",
        ExclusionReason.PortOutOfRange => "port-out-of-range",
        ExclusionReason.NoServicePort => "no-service-port",
        ExclusionReason.NoAddress => "no-address",
        ExclusionReason.NoExternalAddress => "no-external-address",
        ExclusionReason.ExternalAddressUnknown => "external-address-unknown",
        _ => "malformed",
    };

    /// <summary>What changes with time or with the source's trouble; the members come without the object around them.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="snapshot">Whose head.</param>
    /// <param name="age">Its age now, or null where what is written is kept, so that an age would be wrong.</param>
    public static void WriteHead(Utf8JsonWriter json, EndpointSnapshot snapshot, TimeSpan? age)
    {
        json.WriteString("target"u8, snapshot.Target.ToString());
        json.WriteNumber("version"u8, snapshot.Version);
        json.WriteString("observedAt"u8, snapshot.ObservedAt);
        if (age is { } known)
            json.WriteNumber("ageSeconds"u8, Math.Round(known.TotalSeconds, 3));
        json.WriteString("state"u8, snapshot.IsStale ? "stale"u8 : "live"u8);
        if (snapshot.StaleSince is { } since)
            json.WriteString("staleSince"u8, since);
        else
            json.WriteNull("staleSince"u8);
        json.WriteString("reason"u8, snapshot.StaleReason);
    }

    public static void Write(Utf8JsonWriter json, PodEndpoint endpoint)
    {
        json.WriteStartObject();
        json.WriteString("pod"u8, endpoint.Name);
        json.WriteString("uid"u8, endpoint.Uid);
        if (endpoint.Ordinal is { } ordinal)
            json.WriteNumber("ordinal"u8, ordinal);
        else
            json.WriteNull("ordinal"u8);
        json.WriteString("authority"u8, endpoint.Authority);
        json.WriteString("address"u8, endpoint.Address.ToString());
        WriteAddresses(json, endpoint.Addresses);
        json.WriteNumber("port"u8, endpoint.Port);
        json.WriteStartArray("ports"u8);
        foreach (EndpointPort port in endpoint.Ports)
            Write(json, port);
        json.WriteEndArray();
        json.WriteString("node"u8, endpoint.Node);
        json.WriteString("zone"u8, endpoint.Zone);
        json.WriteBoolean("ready"u8, endpoint.Ready);
        json.WriteBoolean("serving"u8, endpoint.Serving);
        json.WriteBoolean("terminating"u8, endpoint.Terminating);
        json.WriteString("state"u8, Name(endpoint.State));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ExcludedPod pod)
    {
        json.WriteStartObject();
        json.WriteString("pod"u8, pod.Name);
        json.WriteString("reason"u8, Name(pod.Reason));
        json.WriteString("detail"u8, pod.Detail);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PortClash clash)
    {
        json.WriteStartObject();
        json.WriteString("address"u8, clash.Address.ToString());
        json.WriteNumber("port"u8, clash.Port);
        json.WriteString("protocol"u8, clash.Protocol);
        json.WriteStartArray("pods"u8);
        foreach (string pod in clash.Pods)
            json.WriteStringValue(pod);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EndpointPort port)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, port.Name);
        json.WriteNumber("port"u8, port.Number);
        json.WriteString("protocol"u8, port.Protocol);
        json.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter json, IReadOnlyList<IPAddress> addresses)
    {
        json.WriteStartArray("addresses"u8);
        foreach (IPAddress address in addresses)
            json.WriteStringValue(address.ToString());
        json.WriteEndArray();
    }
}
