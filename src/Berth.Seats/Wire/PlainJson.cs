using System.Text.Json;

namespace Berth.Seats.Wire;

/// <summary>
/// Reads plain messages, the form that the usual clients write. It returns null for every other form. Then the serialiser reads the
/// message, and reports faults with their paths.
/// </summary>
internal static class PlainJson
{
    /// <summary>Reads a message, or returns null when the bytes are no JSON of the plain form.</summary>
    public static T? Find<T>(ReadOnlySpan<byte> bytes, PlainReader<T> reader)
        where T : class
    {
        try
        {
            return reader(bytes);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is not UTF-8.
            return null;
        }
    }

    /// <summary>True when the reader's current token is the name of this member.</summary>
    public static bool IsName(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name);

    /// <summary>The text that follows, or null when something else does.</summary>
    public static string? ReadText(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;

    /// <summary>The whole number that follows, or null when something else does.</summary>
    public static int? ReadCount(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int number) ? number : null;

    /// <summary>The number that follows, or null when something else does.</summary>
    public static double? ReadSeconds(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double number) ? number : null;

    /// <summary>The time that follows, or null when something else does.</summary>
    public static DateTimeOffset? ReadTime(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out DateTimeOffset time) ? time : null;
}
