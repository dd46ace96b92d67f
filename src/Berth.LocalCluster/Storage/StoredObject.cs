using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Storage;

/// <summary>One version of one object. Its body is never changed once stored.</summary>
internal sealed class StoredObject
{
    private volatile JsonObject? _body;
    private volatile byte[]? _utf8;

    public StoredObject(ResourceKind kind, JsonObject body, long version)
    {
        _body = body;
        Kind = kind;
        Version = version;
        Name = body.Text("metadata", "name")!;
        Namespace = body.Text("metadata", "namespace");
        Uid = body.Text("metadata", "uid")!;
        NodeName = body.Text("spec", "nodeName");
        Owners = [.. body.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid")).OfType<string>()];
    }

    public ResourceKind Kind { get; }
    public long Version { get; }
    public string Name { get; }
    public string? Namespace { get; }
    public string Uid { get; }

    /// <summary>The node of a bound pod.</summary>
    public string? NodeName { get; }

    /// <summary>The UIDs of the owners of this object.</summary>
    public IReadOnlyList<string> Owners { get; }
    public string Key => ResourceKind.Key(Namespace, Name);

    /// <summary>The object as a tree. After <see cref="Pack"/> each access reads its JSON again.</summary>
    public JsonObject Body => _body ?? (JsonObject)BodyReader.Parse(_utf8, out _)!;

    /// <summary>The JSON of the object, written once for all lists and watches.</summary>
    public byte[] Utf8 => _utf8 ??= Body.ToUtf8();

    /// <summary>The JSON of its metadata.</summary>
    public ReadOnlySpan<byte> MetadataUtf8
    {
        get
        {
            byte[] all = Utf8;
            Utf8JsonReader reader = new(all);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isFound = reader.ValueTextEquals("metadata"u8);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isFound)
                    return all.AsSpan(start..(int)reader.BytesConsumed);
            }

            return "null"u8;
        }
    }

    /// <summary>Keeps only the JSON of an old version: a tree takes about seven times the memory.</summary>
    public void Pack()
    {
        _ = Utf8;
        _body = null;
    }
}
