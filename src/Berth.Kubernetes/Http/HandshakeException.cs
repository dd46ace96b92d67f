namespace Berth.Kubernetes.Http;

/// <summary>
/// The TLS handshake failed. The message is the rest of a sentence that starts with the server: <c>its certificate expired on …</c>.
/// </summary>
internal sealed class HandshakeException : IOException
{
    internal HandshakeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
