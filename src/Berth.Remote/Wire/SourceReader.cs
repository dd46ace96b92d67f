using System.Buffers;
using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>Reads a <c>source</c> event, which is short: its data is kept until it is complete.</summary>
internal sealed class SourceReader
{
    private readonly ArrayBufferWriter<byte> _data = new();

    public void Begin() => _data.ResetWrittenCount();

    public void Append(ReadOnlySpan<byte> piece) => _data.Write(piece);

    public WatchMessage.Source End()
    {
        Utf8JsonReader reader = new(_data.WrittenSpan);
        string? state = null, reason = null;
        double age = 0;
        List<string> dispatchers = [];
        JsonText.EnterObject(ref reader, "data");
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("state"u8))
                state = JsonText.ReadText(ref reader, "state");
            else if (reader.ValueTextEquals("ageSeconds"u8))
                age = ReadAge(ref reader);
            else if (reader.ValueTextEquals("reason"u8))
                reason = JsonText.ReadText(ref reader, "reason");
            else if (reader.ValueTextEquals("dispatchers"u8))
                ReadTexts(ref reader, "dispatchers", dispatchers);
            else
                JsonText.Skip(ref reader);
        }

        return new WatchMessage.Source(state, TimeSpan.FromSeconds(age), [.. dispatchers], reason);
    }

    private static double ReadAge(scoped ref Utf8JsonReader reader)
    {
        // Ten thousand years do not fit a monotonic clock, and a negative age would let a snapshot be younger than now.
        const double MaxSeconds = 100.0 * 365 * 24 * 3600;
        reader.Read();
        double age = reader.TokenType == JsonTokenType.Null ? 0 : reader.GetDouble();
        return age >= 0 ? Math.Min(age, MaxSeconds) : throw new WatchFormatException($"it states the age {age}");
    }

    private static void ReadTexts(scoped ref Utf8JsonReader reader, string member, List<string> texts)
    {
        JsonText.EnterArray(ref reader, member);
        while (JsonText.NextItem(ref reader))
        {
            texts.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw JsonText.Unexpected(ref reader, member));
        }
    }
}
