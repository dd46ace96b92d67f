namespace Berth.Kubernetes.Http;

/// <summary>
/// TLS did not come about. The message is the rest of a sentence that begins with the server: <c>its certificate expired on …</c>.
/// </summary>
internal sealed class HandshakeException : IOException
{
    internal HandshakeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
