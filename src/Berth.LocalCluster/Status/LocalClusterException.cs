namespace Berth.LocalCluster;

/// <summary>The local cluster cannot do the requested action. The message is a sentence for people: what happened and what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class LocalClusterException(string message, Exception? innerException = null) : Exception(message, innerException);
