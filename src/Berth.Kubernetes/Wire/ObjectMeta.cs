using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>The few fields of an object's metadata that are used.</summary>
internal struct ObjectMeta
{
    /// <summary>metadata.name</summary>
    public string? Name;

    /// <summary>metadata.namespace</summary>
    public string? Namespace;

    /// <summary>metadata.resourceVersion</summary>
    public string? ResourceVersion;

    /// <summary>The label kubernetes.io/service-name.</summary>
    public string? Service;

    /// <summary>The annotation k8s.io/initial-events-end of the bookmark that ends the first part of a streaming list.</summary>
    public bool InitialEventsEnd;

    /// <summary>
    /// Reads an object's metadata alone, from its opening brace to its closing one: all that a deletion or a bookmark needs.
    /// </summary>
    public static bool TryReadFromObject(ref Utf8JsonReader reader, StringPool pool, out ObjectMeta meta)
    {
        meta = default;
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                return true;
            bool read = reader.ValueTextEquals("metadata"u8) ? TryReadField(ref reader, pool, ref meta) : reader.TrySkip();
            if (!read)
                return false;
        }
    }

    /// <summary>Reads metadata from the property name <c>metadata</c> on.</summary>
    public static bool TryReadField(ref Utf8JsonReader reader, StringPool pool, ref ObjectMeta meta)
    {
        if (!JsonFields.TryEnterObject(ref reader, "metadata", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            if (!TryReadOne(ref reader, pool, ref meta))
                return false;
        }

        return true;
    }

    private static bool TryReadOne(ref Utf8JsonReader reader, StringPool pool, ref ObjectMeta meta)
    {
        if (reader.ValueTextEquals("name"u8))
            return JsonFields.TryReadString(ref reader, "metadata.name", ref meta.Name);
        if (reader.ValueTextEquals("namespace"u8))
            return JsonFields.TryReadPooled(ref reader, "metadata.namespace", pool, ref meta.Namespace);
        if (reader.ValueTextEquals("resourceVersion"u8))
            return JsonFields.TryReadString(ref reader, "metadata.resourceVersion", ref meta.ResourceVersion);
        if (reader.ValueTextEquals("labels"u8))
            return TryReadLabels(ref reader, pool, ref meta);
        return reader.ValueTextEquals("annotations"u8) ? TryReadAnnotations(ref reader, ref meta) : reader.TrySkip();
    }

    private static bool TryReadLabels(ref Utf8JsonReader reader, StringPool pool, ref ObjectMeta meta)
    {
        if (!JsonFields.TryEnterObject(ref reader, "metadata.labels", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("kubernetes.io/service-name"u8)
                ? JsonFields.TryReadPooled(ref reader, "kubernetes.io/service-name", pool, ref meta.Service)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        return true;
    }

    private static bool TryReadAnnotations(ref Utf8JsonReader reader, ref ObjectMeta meta)
    {
        if (!JsonFields.TryEnterObject(ref reader, "metadata.annotations", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            if (!reader.ValueTextEquals("k8s.io/initial-events-end"u8))
            {
                if (!reader.TrySkip())
                    return false;
                continue;
            }

            if (!JsonFields.TryReadString(ref reader, "k8s.io/initial-events-end", out bool stated))
                return false;
            meta.InitialEventsEnd = stated && reader.ValueTextEquals("true"u8);
        }

        return true;
    }
}
