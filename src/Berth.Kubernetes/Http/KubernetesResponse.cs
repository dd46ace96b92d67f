using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Http;

/// <summary>A successful answer. Only its headers have been read. Disposing it drops the rest and frees the connection.</summary>
internal sealed class KubernetesResponse : IDisposable
{
    private readonly HttpResponseMessage _message;

    internal KubernetesResponse(HttpResponseMessage message, Stream body)
    {
        _message = message;
        Body = body;
    }

    internal int StatusCode => (int)_message.StatusCode;

    /// <summary>The version of HTTP: 1.1 or 2.0.</summary>
    internal Version Version => _message.Version;

    internal string? ContentType => _message.Content.Headers.ContentType?.MediaType;

    /// <summary>The server's clock, in whole seconds; null when it does not tell it.</summary>
    internal DateTimeOffset? Date => _message.Headers.Date;

    /// <summary>True when it is protobuf, false when it is JSON.</summary>
    internal bool IsProtobuf => ContentType == ProtobufEnvelope.ContentType;

    /// <summary>
    /// The body, as it arrives. A read throws <see cref="KubernetesUnreachableException"/> when the connection breaks, and
    /// <see cref="OperationCanceledException"/> when it is cancelled.
    /// </summary>
    internal Stream Body { get; }

    public void Dispose()
    {
        Body.Dispose();
        _message.Dispose();
    }

    public override string ToString() => $"{StatusCode} {ContentType} over HTTP/{Version}";
}
