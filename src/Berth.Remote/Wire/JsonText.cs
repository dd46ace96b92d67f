using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>Reads values of JSON. A value of another kind than expected is an error that names the member.</summary>
internal static class JsonText
{
    /// <summary>Longer than any name or address that Kubernetes allows.</summary>
    public const int MaxNameLength = 512;

    /// <summary>Goes to the next value and checks that an object begins there.</summary>
    public static void EnterObject(scoped ref Utf8JsonReader reader, string member) => Enter(ref reader, JsonTokenType.StartObject, member);

    /// <summary>Goes to the next value and checks that an array begins there.</summary>
    public static void EnterArray(scoped ref Utf8JsonReader reader, string member) => Enter(ref reader, JsonTokenType.StartArray, member);

    /// <summary>Goes to the next item of an array. False at its end.</summary>
    public static bool NextItem(scoped ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Goes to the next member of an object. False at its end.</summary>
    public static bool NextMember(scoped ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndObject;

    /// <summary>Skips the value of the member, which has arrived completely.</summary>
    public static void Skip(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        // Skip() refuses to work while more data may follow.
        reader.TrySkip();
    }

    /// <summary>The text of the member, or null.</summary>
    public static string? ReadText(scoped ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => reader.GetString(),
            _ => throw Unexpected(ref reader, member),
        };
    }

    /// <summary>The text of the member, which must be there.</summary>
    public static string ReadStated(scoped ref Utf8JsonReader reader, string member) =>
        ReadText(ref reader, member) ?? throw new WatchFormatException($"its '{member}' is null");

    /// <summary>Copies a name, which may be null and is then empty.</summary>
    /// <returns>The length.</returns>
    public static int CopyName(scoped ref Utf8JsonReader reader, string member, scoped Span<char> into)
    {
        reader.Read();
        return CopyValue(ref reader, member, into);
    }

    /// <summary>Copies the reader's current value.</summary>
    public static int CopyValue(scoped ref Utf8JsonReader reader, string member, scoped Span<char> into)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return 0;
        if (reader.TokenType != JsonTokenType.String)
            throw Unexpected(ref reader, member);
        return reader.ValueSpan.Length <= into.Length
            ? reader.CopyString(into)
            : throw new WatchFormatException($"its '{member}' is longer than {into.Length} bytes");
    }

    /// <summary>The flag of the member.</summary>
    public static bool ReadFlag(scoped ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.TokenType == JsonTokenType.True
            : throw Unexpected(ref reader, member);
    }

    /// <summary>The whole number of the member, or null.</summary>
    public static long? ReadNumber(scoped ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null
            : reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number
            : throw Unexpected(ref reader, member);
    }

    /// <summary>The time of the member, or null.</summary>
    public static DateTimeOffset? ReadTime(scoped ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null
            : reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out DateTimeOffset time) ? time
            : throw Unexpected(ref reader, member);
    }

    public static WatchFormatException Unexpected(scoped ref Utf8JsonReader reader, string member) =>
        new($"its '{member}' is not as expected: {reader.TokenType}");

    private static void Enter(scoped ref Utf8JsonReader reader, JsonTokenType expected, string member)
    {
        reader.Read();
        if (reader.TokenType != expected)
            throw Unexpected(ref reader, member);
    }
}
