using System.Buffers.Binary;
using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// Reads bodies of requests in Kubernetes' protobuf: an envelope with kind and version around a message of that kind. Typed Go clients,
/// such as kubectl create, always send it. The result is the JSON that the same client would send.
/// </summary>
internal static class ProtobufReader
{
    /// <exception cref="ApiException">400: it is not such a body, or its kind is not served.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith("k8s\0"u8))
            throw ApiException.BadRequest("the body of the request does not begin with the four bytes of Kubernetes' protobuf encoding");
        string apiVersion = "";
        string kind = "";
        ReadOnlySpan<byte> raw = [];
        Wire envelope = new(content[4..]);
        while (envelope.Next(out int number, out ulong _, out ReadOnlySpan<byte> bytes))
        {
            if (number == 1)
            {
                Wire meta = new(bytes);
                while (meta.Next(out int field, out ulong _, out ReadOnlySpan<byte> text))
                    (apiVersion, kind) = field == 1 ? (Encoding.UTF8.GetString(text), kind) : (apiVersion, Encoding.UTF8.GetString(text));
            }
            else if (number == 2)
            {
                raw = bytes;
            }
        }

        if (FieldTable.Of(kind) is null)
            throw ApiException.BadRequest($"no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        return Message(kind, raw, new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion });
    }

    private static JsonObject Message(string type, ReadOnlySpan<byte> content, JsonObject into)
    {
        Dictionary<int, FieldTable.Field> fields =
            FieldTable.Of(type)!.Values.Where(field => field.Number > 0).ToDictionary(field => field.Number);
        Wire wire = new(content);
        while (wire.Next(out int number, out ulong plain, out ReadOnlySpan<byte> bytes))
        {
            if (!fields.TryGetValue(number, out FieldTable.Field? field))
                continue;
            if (field.Inline)
            {
                Message(field.Type, bytes, into);
            }
            else if (field.Map)
            {
                (string key, JsonNode? value) = Entry(field.Type, bytes);
                into.Child(field.Name)[key] = value;
            }
            else if (field.List)
            {
                into[field.Name] ??= new JsonArray();
                into[field.Name]!.AsArray().Add(Value(field, plain, bytes));
            }
            else if (!(field.OmitZero && plain == 0 && bytes.IsEmpty) && Value(field, plain, bytes) is { } value)
            {
                into[field.Name] = value;
            }
        }

        return into;
    }

    private static (string Key, JsonNode? Value) Entry(string type, ReadOnlySpan<byte> content)
    {
        (string Key, JsonNode? Value) entry = ("", "");
        FieldTable.Field field = new("", 2, type, false, "", false, false, false);
        Wire wire = new(content);
        while (wire.Next(out int number, out ulong plain, out ReadOnlySpan<byte> bytes))
            entry = number == 1 ? (Encoding.UTF8.GetString(bytes), entry.Value) : (entry.Key, Value(field, plain, bytes));
        return entry;
    }

    private static JsonNode? Value(FieldTable.Field field, ulong plain, ReadOnlySpan<byte> bytes) => field.Type switch
    {
        "string" => Encoding.UTF8.GetString(bytes),
        "bool" => plain != 0,
        "int32" or "int64" => (long)plain,
        "bytes" => Convert.ToBase64String(bytes),
        "Quantity" => Encoding.UTF8.GetString(Part(bytes, 1, out _)),
        "IntOrString" => Number(bytes, 1) == 1 ? Encoding.UTF8.GetString(Part(bytes, 3, out _)) : (int)(long)Number(bytes, 2),
        "Time" or "MicroTime" => bytes.IsEmpty ? null : JsonWriting.Timestamp(DateTimeOffset.FromUnixTimeSeconds((long)Number(bytes, 1))),
        "RawExtension" or "any" => JsonNode.Parse(Part(bytes, 1, out _)),
        _ => Message(field.Type, bytes, []),
    };

    private static ulong Number(ReadOnlySpan<byte> content, int wanted)
    {
        Part(content, wanted, out ulong plain);
        return plain;
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> content, int wanted, out ulong plain)
    {
        Wire wire = new(content);
        while (wire.Next(out int number, out plain, out ReadOnlySpan<byte> bytes))
        {
            if (number == wanted)
                return bytes;
        }

        plain = 0;
        return [];
    }

    /// <summary>The wire format: a tag, then a varint, eight or four bytes, or a length and its bytes.</summary>
    private ref struct Wire(ReadOnlySpan<byte> content)
    {
        private ReadOnlySpan<byte> _rest = content;

        public bool Next(out int number, out ulong plain, out ReadOnlySpan<byte> bytes)
        {
            number = 0;
            plain = 0;
            bytes = default;
            if (_rest.IsEmpty)
                return false;
            ulong tag = Varint();
            number = (int)(tag >> 3);
            bytes = (tag & 7) == 2 ? Take(Varint()) : default;
            plain = (tag & 7) switch
            {
                0 => Varint(),
                1 => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
                2 => 0,
                5 => BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
                var type => throw ApiException.BadRequest($"the protobuf body has a field of wire type {type}"),
            };
            return true;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte part = Take(1)[0];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                    return value;
            }

            throw ApiException.BadRequest("the protobuf body has a number of more than 64 bits");
        }

        private ReadOnlySpan<byte> Take(ulong count)
        {
            if (count > (ulong)_rest.Length)
                throw ApiException.BadRequest("the protobuf body ends in the middle of a field");
            ReadOnlySpan<byte> taken = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return taken;
        }
    }
}
