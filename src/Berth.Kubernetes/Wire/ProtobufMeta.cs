namespace Berth.Kubernetes.Wire;

/// <summary>Reads meta.v1.ObjectMeta. The numbers are those of generated.proto in k8s.io/apimachinery/pkg/apis/meta/v1.</summary>
internal static class ProtobufMeta
{
    /// <summary>The number of the metadata in every object.</summary>
    public const int Field = 1;

    /// <summary>Reads only an object's metadata. A deletion or a bookmark needs no more.</summary>
    public static ObjectMeta ReadFromObject(ReadOnlySpan<byte> message, TextPools pools)
    {
        ObjectMeta meta = default;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == Field)
                Read(reader.Bytes("metadata"), pools, ref meta);
        }

        return meta;
    }

    /// <summary>Reads the fields that are used.</summary>
    public static void Read(ReadOnlySpan<byte> message, TextPools pools, ref ObjectMeta meta)
    {
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    meta.Name = reader.Text("metadata.name");
                    break;
                case 3:
                    meta.Namespace = pools.Namespaces.Get(reader.Bytes("metadata.namespace"), "metadata.namespace");
                    break;
                case 6:
                    meta.ResourceVersion = reader.Text("metadata.resourceVersion");
                    break;
                case 11:
                    ReadLabel(reader.Bytes("metadata.labels"), pools, ref meta);
                    break;
                case 12:
                    ReadAnnotation(reader.Bytes("metadata.annotations"), ref meta);
                    break;
                case 13:
                    meta.HasOwner = true;
                    break;
            }
        }
    }

    private static void ReadLabel(ReadOnlySpan<byte> message, TextPools pools, ref ObjectMeta meta)
    {
        ReadPair(message, "metadata.labels", out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value);
        if (key.SequenceEqual("kubernetes.io/service-name"u8))
            meta.Service = pools.Services.Get(value, "kubernetes.io/service-name");
        else if (key.SequenceEqual("endpointslice.kubernetes.io/managed-by"u8))
            meta.ManagedBy = pools.Words.Get(value, "endpointslice.kubernetes.io/managed-by");
        else if (key.SequenceEqual("multicluster.kubernetes.io/source-cluster"u8) || key.SequenceEqual("mirror.linkerd.io/cluster-name"u8))
            meta.SourceCluster = pools.Words.Get(value, "the source cluster");
    }

    private static void ReadAnnotation(ReadOnlySpan<byte> message, ref ObjectMeta meta)
    {
        ReadPair(message, "metadata.annotations", out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value);
        if (key.SequenceEqual("k8s.io/initial-events-end"u8))
            meta.InitialEventsEnd = value.SequenceEqual("true"u8);
    }

    private static void ReadPair(ReadOnlySpan<byte> message, string field, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                key = reader.Bytes(field);
            else if (reader.Field == 2)
                value = reader.Bytes(field);
        }
    }
}
