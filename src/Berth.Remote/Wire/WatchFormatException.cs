namespace Berth.Remote.Wire;

/// <summary>The data of a watch is not an event. The message is a clause without a full stop.</summary>
internal sealed class WatchFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
