namespace Berth.Kubernetes.Wire;

/// <summary>What the server sent is not what the API documents. The message is a clause without a full stop.</summary>
internal sealed class ResourceFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
