namespace Berth.Remote.Wire;

/// <summary>An event of a watch is not one. The message is a clause without a full stop.</summary>
internal sealed class WatchFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
