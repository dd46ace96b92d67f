using System.Net;
using System.Text.Json;

namespace Berth.Cli.Output;

/// <summary>Endpoints as JSON, in the shape that service A's /v1/endpoints has.</summary>
internal static class EndpointJson
{
    public static void WritePorts(Utf8JsonWriter writer, IReadOnlyList<EndpointPort> ports)
    {
        writer.WriteStartArray("ports");
        foreach (EndpointPort port in ports)
        {
            writer.WriteStartObject();
            writer.WriteString("name", port.Name);
            writer.WriteNumber("port", port.Number);
            writer.WriteString("protocol", port.Protocol);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteOrdinal(Utf8JsonWriter writer, int? ordinal)
    {
        if (ordinal is { } number)
            writer.WriteNumber("ordinal", number);
        else
            writer.WriteNull("ordinal");
    }

    /// <summary>Writes the members of an endpoint into an object that is already begun.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, PodEndpoint endpoint)
    {
        writer.WriteString("pod", endpoint.Name);
        writer.WriteString("uid", endpoint.Uid);
        WriteOrdinal(writer, endpoint.Ordinal);
        writer.WriteString("authority", endpoint.Authority);
        writer.WriteString("address", endpoint.Address.ToString());
        writer.WriteStartArray("addresses");
        foreach (IPAddress address in endpoint.Addresses)
            writer.WriteStringValue(address.ToString());
        writer.WriteEndArray();
        writer.WriteNumber("port", endpoint.Port);
        WritePorts(writer, endpoint.Ports);
        writer.WriteString("node", endpoint.Node);
        writer.WriteString("zone", endpoint.Zone);
        writer.WriteBoolean("ready", endpoint.Ready);
        writer.WriteBoolean("serving", endpoint.Serving);
        writer.WriteBoolean("terminating", endpoint.Terminating);
        writer.WriteString("state", Words.Of(endpoint.State));
    }

    public static void Write(Utf8JsonWriter writer, ExcludedPod pod)
    {
        writer.WriteStartObject();
        writer.WriteString("pod", pod.Name);
        writer.WriteString("reason", Words.Of(pod.Reason));
        writer.WriteString("detail", pod.Detail);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, PortClash clash)
    {
        writer.WriteStartObject();
        writer.WriteString("address", clash.Address.ToString());
        writer.WriteNumber("port", clash.Port);
        writer.WriteString("protocol", clash.Protocol);
        writer.WriteStartArray("pods");
        foreach (string pod in clash.Pods)
            writer.WriteStringValue(pod);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
