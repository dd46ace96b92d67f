using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Storage;

/// <summary>One version of one object. Its body is never changed once stored.</summary>
internal sealed class StoredObject(ResourceKind kind, JsonObject body, long version)
{
    private byte[]? _utf8;

    public ResourceKind Kind => kind;
    public JsonObject Body => body;
    public long Version => version;
    public string Name { get; } = body.Text("metadata", "name")!;
    public string? Namespace { get; } = body.Text("metadata", "namespace");
    public string Uid { get; } = body.Text("metadata", "uid")!;

    /// <summary>The node of a bound pod.</summary>
    public string? NodeName { get; } = body.Text("spec", "nodeName");

    /// <summary>The UIDs of the owners of this object.</summary>
    public IReadOnlyList<string> Owners { get; } =
        [.. body.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid")).OfType<string>()];
    public string Key => ResourceKind.Key(Namespace, Name);

    /// <summary>The JSON of the object, written once for all watchers.</summary>
    public byte[] Utf8 => _utf8 ??= body.ToUtf8();
}
