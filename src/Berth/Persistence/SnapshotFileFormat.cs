using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Persistence;

/// <summary>
/// The format of a snapshot file: one line of text, <c>berth-snapshot 1 sha256=HEX</c>, with the checksum of the rest, and then JSON.
/// People can read it. Nothing of it is used unless the checksum is right.
/// </summary>
internal static class SnapshotFileFormat
{
    private const string Magic = "berth-snapshot 1 sha256=";
    private const int HeaderLength = 24 + 64 + 1;

    public static byte[] Encode(IEnumerable<SavedSnapshot> snapshots)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("targets");
            foreach (SavedSnapshot snapshot in snapshots)
                Write(writer, snapshot);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        byte[] file = new byte[HeaderLength + buffer.WrittenCount];
        Encoding.ASCII.GetBytes($"{Magic}{Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan))}\n", file);
        buffer.WrittenSpan.CopyTo(file.AsSpan(HeaderLength));
        return file;
    }

    /// <exception cref="InvalidDataException">The file is not one of this format, or is damaged; the message says how.</exception>
    public static IReadOnlyList<SavedSnapshot> Decode(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> header = file.Span[..Math.Min(HeaderLength, file.Length)];
        if (header.Length < HeaderLength || !header.StartsWith(Encoding.ASCII.GetBytes(Magic)) || header[^1] != '\n')
            throw new InvalidDataException("it does not begin as a snapshot file of version 1 does");
        ReadOnlyMemory<byte> body = file[HeaderLength..];
        string expected = Encoding.ASCII.GetString(header[Magic.Length..^1]);
        if (expected != Convert.ToHexStringLower(SHA256.HashData(body.Span)))
            throw new InvalidDataException("its checksum does not match its content");
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("targets").EnumerateArray().Select(Read)];
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"its content cannot be read: {exception.Message}", exception);
        }
    }

    private static void Write(Utf8JsonWriter writer, SavedSnapshot snapshot)
    {
        writer.WriteStartObject();
        writer.WriteString("target", snapshot.Target.ToString());
        writer.WriteString("portScheme", snapshot.PortScheme);
        writer.WriteNumber("version", snapshot.Version);
        writer.WriteString("observedAt", snapshot.ObservedAt);
        writer.WriteString("confirmedAt", snapshot.ConfirmedAt);
        writer.WriteStartArray("endpoints");
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
            Write(writer, endpoint);
        writer.WriteEndArray();
        writer.WriteStartArray("leftOut");
        foreach (LeftOutPod pod in snapshot.LeftOut)
        {
            writer.WriteStartObject();
            writer.WriteString("pod", pod.Name);
            writer.WriteNumber("reason", (int)pod.Reason);
            writer.WriteString("detail", pod.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, PodEndpoint endpoint)
    {
        writer.WriteStartObject();
        PodNames.Write(writer, "pod"u8, endpoint);
        if (endpoint.Uid is { } uid)
            writer.WriteString("uid", uid);
        if (endpoint.Ordinal is { } ordinal)
            writer.WriteNumber("ordinal", ordinal);
        writer.WriteStartArray("addresses");
        foreach (IPAddress address in endpoint.Addresses)
            writer.WriteStringValue(address.ToString());
        writer.WriteEndArray();
        writer.WriteStartArray("ports");
        foreach (EndpointPort port in endpoint.Ports)
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{port.Number}/{port.Protocol}/{port.Name}"));
        writer.WriteEndArray();
        if (endpoint.Node is not null)
            writer.WriteString("node", endpoint.Node);
        if (endpoint.Zone is not null)
            writer.WriteString("zone", endpoint.Zone);
        if (endpoint.Host is { } host)
            writer.WriteString("host", host);
        if (endpoint.Cluster is { } cluster)
            writer.WriteString("cluster", cluster);
        writer.WriteBoolean("ready", endpoint.Ready);
        writer.WriteBoolean("serving", endpoint.Serving);
        writer.WriteBoolean("terminating", endpoint.Terminating);
        if (endpoint.IsCordoned)
            writer.WriteBoolean("cordoned", true);
        writer.WriteEndObject();
    }

    private static SavedSnapshot Read(JsonElement element)
    {
        ServiceTarget target = ServiceTarget.Parse(Text(element, "target"));
        return new SavedSnapshot(
            target,
            Text(element, "portScheme"),
            element.GetProperty("version").GetInt64(),
            element.GetProperty("observedAt").GetDateTimeOffset(),
            element.GetProperty("confirmedAt").GetDateTimeOffset(),
            [.. element.GetProperty("endpoints").EnumerateArray().Select(e => ReadEndpoint(e, target))],
            [.. element.GetProperty("leftOut").EnumerateArray().Select(ReadLeftOut)]);
    }

    private static PodEndpoint ReadEndpoint(JsonElement element, ServiceTarget target)
    {
        IPAddress[] addresses = [.. element.GetProperty("addresses").EnumerateArray().Select(a => IPAddress.Parse(a.GetString() ?? ""))];
        EndpointPort[] ports = [.. element.GetProperty("ports").EnumerateArray().Select(p => ReadPort(p.GetString() ?? ""))];
        PodEndpoint endpoint = PodEndpoint.Create(
            Text(element, "pod"),
            target.Namespace,
            addresses,
            ports,
            element.TryGetProperty("ordinal", out JsonElement ordinal) ? ordinal.GetInt32() : null,
            OptionalText(element, "uid"),
            OptionalText(element, "node"),
            OptionalText(element, "zone"),
            element.GetProperty("ready").GetBoolean(),
            element.GetProperty("serving").GetBoolean(),
            element.GetProperty("terminating").GetBoolean(),
            OptionalText(element, "host"),
            OptionalText(element, "cluster"));
        bool isCordoned = element.TryGetProperty("cordoned", out JsonElement cordoned) && cordoned.GetBoolean();
        return isCordoned ? new MarkedEndpoint(endpoint, cordoned: true, lastResort: false) : endpoint;
    }

    private static EndpointPort ReadPort(string text)
    {
        string[] parts = text.Split('/', 3);
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number is < PortRange.Min or > PortRange.Max)
            throw new FormatException($"'{text}' is no port");
        return new EndpointPort(parts[2], number, parts[1]);
    }

    private static LeftOutPod ReadLeftOut(JsonElement element) =>
        new(Text(element, "pod"), (LeftOutReason)element.GetProperty("reason").GetInt32(), Text(element, "detail"));

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static string? OptionalText(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
