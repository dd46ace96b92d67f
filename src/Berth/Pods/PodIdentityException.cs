namespace Berth;

/// <summary>The name or the port of this pod cannot be found. The message is a sentence for the person who wrote the manifest.</summary>
public sealed class PodIdentityException : Exception
{
    /// <summary>Makes the exception with its sentence.</summary>
    public PodIdentityException(string message)
        : base(message)
    {
    }
}
