using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>The few fields of an object's metadata that are used.</summary>
/// <param name="pools">The pools that return one string for equal names. Only the reader of JSON needs them.</param>
internal struct ObjectMeta(TextPools? pools)
{
    private readonly TextPools? _pools = pools;

    /// <summary>metadata.name</summary>
    public string? Name;

    /// <summary>metadata.namespace</summary>
    public string? Namespace;

    /// <summary>metadata.resourceVersion</summary>
    public string? ResourceVersion;

    /// <summary>The label kubernetes.io/service-name.</summary>
    public string? Service;

    /// <summary>The label endpointslice.kubernetes.io/managed-by.</summary>
    public string? ManagedBy;

    /// <summary>
    /// The cluster that a copied slice is from: the label multicluster.kubernetes.io/source-cluster (KEP-1645), or
    /// mirror.linkerd.io/cluster-name.
    /// </summary>
    public string? SourceCluster;

    /// <summary>The labels and annotations that are wanted beside these, or null.</summary>
    public MetaTexts? Texts;

    /// <summary>True when metadata.ownerReferences has one.</summary>
    public bool HasOwner;

    /// <summary>The annotation k8s.io/initial-events-end of the bookmark that ends the first part of a streaming list.</summary>
    public bool InitialEventsEnd;

    /// <summary>
    /// Reads only an object's metadata, from the object's opening brace to its closing brace. A deletion or a bookmark needs no more.
    /// </summary>
    public static bool TryReadFromObject(scoped ref Utf8JsonReader reader, TextPools pools, out ObjectMeta meta)
    {
        meta = new ObjectMeta(pools);
        return JsonFields.TryReadFields(ref reader, ref meta, TryReadObjectField);
    }

    /// <summary>Reads the metadata, starting at the property name <c>metadata</c>.</summary>
    public static bool TryReadField(scoped ref Utf8JsonReader reader, ref ObjectMeta meta) =>
        JsonFields.TryReadObject(ref reader, "metadata", ref meta, TryReadOne);

    private static bool TryReadObjectField(scoped ref Utf8JsonReader reader, ref ObjectMeta meta) =>
        reader.ValueTextEquals("metadata"u8) ? TryReadField(ref reader, ref meta) : reader.TrySkip();

    private static bool TryReadOne(scoped ref Utf8JsonReader reader, ref ObjectMeta meta)
    {
        if (reader.ValueTextEquals("name"u8))
            return JsonFields.TryReadString(ref reader, "metadata.name", ref meta.Name);
        if (reader.ValueTextEquals("namespace"u8))
            return JsonFields.TryReadPooled(ref reader, "metadata.namespace", meta._pools!.Namespaces, ref meta.Namespace);
        if (reader.ValueTextEquals("resourceVersion"u8))
            return JsonFields.TryReadString(ref reader, "metadata.resourceVersion", ref meta.ResourceVersion);
        if (reader.ValueTextEquals("labels"u8))
            return JsonFields.TryReadObject(ref reader, "metadata.labels", ref meta, TryReadLabel);
        if (reader.ValueTextEquals("ownerReferences"u8))
            return JsonFields.TryReadArray(ref reader, "metadata.ownerReferences", ref meta, TryReadOwner);
        return reader.ValueTextEquals("annotations"u8)
            ? JsonFields.TryReadObject(ref reader, "metadata.annotations", ref meta, TryReadAnnotation)
            : reader.TrySkip();
    }

    private static bool TryReadLabel(scoped ref Utf8JsonReader reader, ref ObjectMeta meta) =>
        reader.ValueTextEquals("kubernetes.io/service-name"u8)
            ? JsonFields.TryReadPooled(ref reader, "kubernetes.io/service-name", meta._pools!.Services, ref meta.Service)
        : reader.ValueTextEquals("endpointslice.kubernetes.io/managed-by"u8)
            ? JsonFields.TryReadPooled(ref reader, "endpointslice.kubernetes.io/managed-by", meta._pools!.Words, ref meta.ManagedBy)
        : reader.ValueTextEquals("multicluster.kubernetes.io/source-cluster"u8)
            || reader.ValueTextEquals("mirror.linkerd.io/cluster-name"u8)
            ? JsonFields.TryReadPooled(ref reader, "the source cluster", meta._pools!.Words, ref meta.SourceCluster)
        : meta.Texts is { } texts ? texts.TryRead(ref reader, isLabel: true)
        : reader.TrySkip();

    private static bool TryReadOwner(scoped ref Utf8JsonReader reader, ref ObjectMeta meta)
    {
        meta.HasOwner = true;
        return reader.TrySkip();
    }

    private static bool TryReadAnnotation(scoped ref Utf8JsonReader reader, ref ObjectMeta meta)
    {
        if (!reader.ValueTextEquals("k8s.io/initial-events-end"u8))
            return meta.Texts is { } texts ? texts.TryRead(ref reader, isLabel: false) : reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, "k8s.io/initial-events-end", out bool stated))
            return false;
        meta.InitialEventsEnd = stated && reader.ValueTextEquals("true"u8);
        return true;
    }
}
