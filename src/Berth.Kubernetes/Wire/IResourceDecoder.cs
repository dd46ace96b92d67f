using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads one kind of object straight from its JSON, only the fields that are used. Not safe for several threads: it interns strings.
/// </summary>
internal interface IResourceDecoder<T>
    where T : class, IResource
{
    /// <summary>The kind of these, such as <c>EndpointSlice</c>.</summary>
    string Kind { get; }

    /// <summary>The kind of a list of these, such as <c>EndpointSliceList</c>.</summary>
    string ListKind => Kind + "List";

    /// <summary>The API version, such as <c>discovery.k8s.io/v1</c>.</summary>
    string ApiVersion { get; }

    /// <summary>Reads the same from protobuf, or null where that is not done.</summary>
    IProtobufDecoder<T>? Protobuf => null;

    /// <summary>Reads one object. The reader stands on its opening brace, and afterwards on its closing one.</summary>
    /// <returns>False when the bytes at hand end inside the object; the reader is then to be set back.</returns>
    /// <exception cref="JsonException">The JSON is broken.</exception>
    /// <exception cref="ResourceFormatException">A field is not of the type that the API documents.</exception>
    bool TryDecode(ref Utf8JsonReader reader, [NotNullWhen(true)] out T? item);
}
