namespace Berth.Kubernetes.Wire;

/// <summary>Reads one kind of object from its protobuf message, only the fields that are used. Not safe for several threads.</summary>
internal interface IProtobufDecoder<out T>
    where T : class, IResource
{
    /// <summary>Reads one complete object.</summary>
    /// <exception cref="ResourceFormatException">The message is broken, or a field is not of the type that the API documents.</exception>
    T Decode(ReadOnlySpan<byte> message);
}
