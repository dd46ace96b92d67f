namespace Berth.LocalCluster;

/// <summary>The local cluster cannot do what was asked. The message is a sentence for a person: what happened and what to do.</summary>
public sealed class LocalClusterException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    /// <param name="message">What happened and what to do.</param>
    public LocalClusterException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its sentence and its cause.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public LocalClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
