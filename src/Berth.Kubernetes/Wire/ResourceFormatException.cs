namespace Berth.Kubernetes.Wire;

/// <summary>The server sent data in another form than the API documents. The message is a clause without a full stop.</summary>
internal sealed class ResourceFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
