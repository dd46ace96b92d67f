using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads one kind of object straight from its JSON, only the fields that are used. Not safe for several threads: it interns strings.
/// </summary>
internal interface IResourceDecoder<T>
    where T : class, IResource
{
    /// <summary>The kind of the objects, such as <c>EndpointSlice</c>.</summary>
    string Kind { get; }

    /// <summary>The kind of a list of them, such as <c>EndpointSliceList</c>.</summary>
    string ListKind => Kind + "List";

    /// <summary>The API version, such as <c>discovery.k8s.io/v1</c>.</summary>
    string ApiVersion { get; }

    /// <summary>The decoder for protobuf, or null when the kind is read in JSON only.</summary>
    IProtobufDecoder<T>? Protobuf => null;

    /// <summary>Reads one object. The reader is at its opening brace, and afterwards at its closing brace.</summary>
    /// <returns>False when the buffered bytes end inside the object. The caller must then reset the reader.</returns>
    /// <exception cref="JsonException">The JSON is broken.</exception>
    /// <exception cref="ResourceFormatException">A field is not of the type that the API documents.</exception>
    bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out T? item);
}
