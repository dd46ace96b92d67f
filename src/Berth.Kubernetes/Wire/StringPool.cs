using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Gives one object for equal strings, without making a second one to find that out: names of nodes, zones and namespaces repeat by the
/// thousand.
/// </summary>
internal sealed class StringPool
{
    // Longer than any name Kubernetes allows (253); what is longer is no name and not worth keeping.
    private const int MaxLength = 256;

    // Nodes come and go over months: a full pool starts again empty, so it cannot grow without end.
    private const int MaxCount = 16_384;

    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);

    /// <summary>The string the reader stands on.</summary>
    public string Read(ref Utf8JsonReader reader, string field)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length > MaxLength)
            return JsonFields.Text(ref reader, field);
        Span<char> buffer = stackalloc char[MaxLength];
        int length;
        try
        {
            length = reader.CopyString(buffer);
        }
        catch (InvalidOperationException exception)
        {
            throw new ResourceFormatException($"the field '{field}' is not valid UTF-8", exception);
        }

        return Intern(buffer[..length]);
    }

    /// <summary>The one string with this text.</summary>
    public string Intern(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return "";
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out string? known))
            return known;
        if (_strings.Count >= MaxCount)
            _strings.Clear();
        string added = text.ToString();
        _strings.Add(added);
        return added;
    }
}
