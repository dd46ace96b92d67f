using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads an object field by field from bytes that may end anywhere. Each method returns false when the buffered bytes end. Unwanted fields
/// are skipped without creating objects.
/// </summary>
internal static class JsonFields
{
    /// <summary>The default of the reader. Managed fields are nested, but never this deep.</summary>
    public const int MaxDepth = 64;

    /// <summary>Reads the fields of an object. The reader is at the opening brace, and afterwards at the closing brace.</summary>
    public static bool TryReadFields<TState>(scoped ref Utf8JsonReader reader, ref TState state, FieldReader<TState> readField)
        where TState : allows ref struct
    {
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
                return true;
            if (!readField(ref reader, ref state))
                return false;
        }

        return false;
    }

    /// <summary>Reads the fields of an object, starting at a property name. Null counts as absent.</summary>
    public static bool TryReadObject<TState>(
        scoped ref Utf8JsonReader reader, string field, ref TState state, FieldReader<TState> readField)
        where TState : allows ref struct =>
        TryEnterObject(ref reader, field, out bool present) && (!present || TryReadFields(ref reader, ref state, readField));

    /// <summary>
    /// Reads an array of objects, starting at a property name. Each object is read from its opening brace to its closing brace. Null counts
    /// as absent.
    /// </summary>
    public static bool TryReadArray<TState>(
        scoped ref Utf8JsonReader reader, string field, ref TState state, FieldReader<TState> readItem)
        where TState : allows ref struct
    {
        if (!TryEnterArray(ref reader, field, out bool present))
            return false;
        if (!present)
            return true;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndArray)
                return true;
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Unexpected(ref reader, field);
            if (!readItem(ref reader, ref state))
                return false;
        }

        return false;
    }

    /// <summary>Reads the opening brace of an object, starting at a property name. Null counts as absent.</summary>
    public static bool TryEnterObject(scoped ref Utf8JsonReader reader, string field, out bool present) =>
        TryEnter(ref reader, JsonTokenType.StartObject, field, out present);

    /// <summary>Reads the opening bracket of an array, starting at a property name. Null counts as absent.</summary>
    public static bool TryEnterArray(scoped ref Utf8JsonReader reader, string field, out bool present) =>
        TryEnter(ref reader, JsonTokenType.StartArray, field, out present);

    /// <summary>Moves from a property name to a string. <paramref name="present"/> is false for null.</summary>
    public static bool TryReadString(scoped ref Utf8JsonReader reader, string field, out bool present) =>
        TryEnter(ref reader, JsonTokenType.String, field, out present);

    /// <summary>Reads a new string, starting at a property name. Null stays null.</summary>
    public static bool TryReadString(scoped ref Utf8JsonReader reader, string field, ref string? value)
    {
        if (!TryReadString(ref reader, field, out bool present))
            return false;
        value = present ? Text(ref reader, field) : null;
        return true;
    }

    /// <summary>Reads a string from a pool, starting at a property name. Null stays null.</summary>
    public static bool TryReadPooled(scoped ref Utf8JsonReader reader, string field, TextPool pool, ref string? value)
    {
        if (!TryReadString(ref reader, field, out bool present))
            return false;
        value = present ? pool.Read(ref reader, field) : null;
        return true;
    }

    /// <summary>
    /// Returns the bytes of a string in the buffer, starting at a property name. <paramref name="present"/> is false for null.
    /// </summary>
    public static bool TryReadUtf8(scoped ref Utf8JsonReader reader, string field, out ReadOnlySpan<byte> utf8, out bool present)
    {
        utf8 = default;
        if (!TryReadString(ref reader, field, out present))
            return false;
        if (present)
            utf8 = reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(Text(ref reader, field)) : reader.ValueSpan;
        return true;
    }

    /// <summary>Reads a boolean, starting at a property name. Null counts as absent.</summary>
    public static bool TryReadFlag(scoped ref Utf8JsonReader reader, string field, ref bool? value)
    {
        if (!reader.Read())
            return false;
        value = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            _ => throw Unexpected(ref reader, field),
        };
        return true;
    }

    /// <summary>Returns the string at the reader's position.</summary>
    public static string Text(scoped ref Utf8JsonReader reader, string field)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ResourceFormatException($"the field '{field}' is not valid UTF-8", exception);
        }
    }

    /// <summary>Creates the exception for a field of another type.</summary>
    public static ResourceFormatException Unexpected(scoped ref Utf8JsonReader reader, string field) =>
        new($"the field '{field}' contains a {reader.TokenType} where the API documents another type");

    private static bool TryEnter(scoped ref Utf8JsonReader reader, JsonTokenType wanted, string field, out bool present)
    {
        present = false;
        if (!reader.Read())
            return false;
        present = reader.TokenType == wanted;
        return present || reader.TokenType == JsonTokenType.Null ? true : throw Unexpected(ref reader, field);
    }
}
