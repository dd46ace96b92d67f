namespace Berth.Kubernetes.Wire;

/// <summary>
/// The frame of every Kubernetes object in protobuf: four bytes, and a <c>runtime.Unknown</c> with the kind and the object
/// (<see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding"/>).
/// </summary>
internal static class ProtobufEnvelope
{
    /// <summary>runtime.Unknown.typeMeta</summary>
    public const int TypeMeta = 1;

    /// <summary>runtime.Unknown.raw</summary>
    public const int Raw = 2;

    /// <summary>The media type.</summary>
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    /// <summary>The first four bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>Reads runtime.TypeMeta.</summary>
    public static (string ApiVersion, string Kind) ReadTypeMeta(ReadOnlySpan<byte> message)
    {
        (string apiVersion, string kind) = ("", "");
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                apiVersion = reader.Text("apiVersion");
            else if (reader.Field == 2)
                kind = reader.Text("kind");
        }

        return (apiVersion, kind);
    }

    /// <summary>Returns the object in a complete answer, or an empty span when the object is of another kind.</summary>
    /// <exception cref="ResourceFormatException">It is broken.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> answer, string kind)
    {
        if (!answer.StartsWith(Magic))
            throw new ResourceFormatException("the answer is not in the protobuf encoding of Kubernetes");
        ReadOnlySpan<byte> found = default;
        bool isKind = false;
        ProtobufReader reader = new(answer[Magic.Length..]);
        while (reader.Read())
        {
            if (reader.Field == TypeMeta)
                isKind = ReadTypeMeta(reader.Bytes("typeMeta")).Kind == kind;
            else if (reader.Field == Raw)
                found = reader.Bytes("raw");
        }

        return isKind ? found : default;
    }
}
