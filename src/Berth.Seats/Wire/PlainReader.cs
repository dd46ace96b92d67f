namespace Berth.Seats.Wire;

/// <summary>Reads a message from bytes in its plain form, or gives null.</summary>
internal delegate T? PlainReader<T>(ReadOnlySpan<byte> bytes);
