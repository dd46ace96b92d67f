namespace Berth.Kubernetes;

/// <summary>
/// The way to the cluster is not configured, or configured wrongly: a kubeconfig is missing or malformed, a context is unknown, a
/// certificate cannot be read, a credential plugin fails. The message is one or two sentences that say what to do; it never holds a
/// credential.
/// </summary>
public sealed class ClusterAccessException : Exception
{
    /// <summary>Creates the exception with the sentence a person reads.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="innerException">What it was found by, if by an exception.</param>
    public ClusterAccessException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
