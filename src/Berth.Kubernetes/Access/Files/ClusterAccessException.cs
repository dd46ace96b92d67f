namespace Berth.Kubernetes;

/// <summary>
/// Access to the cluster is not configured, or its configuration has a fault: a kubeconfig is missing or malformed, a context is unknown, a
/// certificate cannot be read, a credential plugin fails. The message says what to do in one or two sentences, and never contains a
/// credential.
/// </summary>
public sealed class ClusterAccessException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    /// <param name="message">The fault, and what to do.</param>
    /// <param name="innerException">The exception that revealed the fault, if any.</param>
    public ClusterAccessException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
