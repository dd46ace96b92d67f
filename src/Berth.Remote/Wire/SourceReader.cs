using System.Buffers;
using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>Reads a <c>source</c> event, which is short: its data is kept until it is complete.</summary>
/// <param name="own">The name that this client gives to the dispatcher's cluster, or null.</param>
internal sealed class SourceReader(string? own)
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
        List<StatedCluster> clusters = [];
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
            else if (reader.ValueTextEquals("clusters"u8))
                ReadClusters(ref reader, clusters);
            else
                JsonText.Skip(ref reader);
        }

        return new WatchMessage.Source(state, TimeSpan.FromSeconds(age), [.. dispatchers], reason, [.. clusters]);
    }

    private void ReadClusters(scoped ref Utf8JsonReader reader, List<StatedCluster> clusters)
    {
        JsonText.EnterArray(ref reader, "clusters");
        while (JsonText.NextItem(ref reader))
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonText.Unexpected(ref reader, "clusters");
            clusters.Add(ReadCluster(ref reader));
        }

        if (clusters.DistinctBy(static cluster => cluster.Name).Count() != clusters.Count)
            throw new WatchFormatException("it states a cluster twice");
    }

    private StatedCluster ReadCluster(scoped ref Utf8JsonReader reader)
    {
        string? name = null, state = null, reason = null;
        double age = 0;
        DateTimeOffset? since = null;
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
                name = JsonText.ReadText(ref reader, "name");
            else if (reader.ValueTextEquals("state"u8))
                state = JsonText.ReadText(ref reader, "state");
            else if (reader.ValueTextEquals("reason"u8))
                reason = JsonText.ReadText(ref reader, "reason");
            else if (reader.ValueTextEquals("ageSeconds"u8))
                age = ReadAge(ref reader);
            else if (reader.ValueTextEquals("staleSince"u8))
                since = JsonText.ReadTime(ref reader, "staleSince");
            else
                JsonText.Skip(ref reader);
        }

        // A dispatcher does not state the pods of a cluster that is too stale.
        return new StatedCluster(
            ClusterNames.Join(own, name ?? throw new WatchFormatException("it states a cluster without a name"))!,
            state is "live" or "stale", TimeSpan.FromSeconds(age), since, reason);
    }

    private static double ReadAge(scoped ref Utf8JsonReader reader)
    {
        // A monotonic clock cannot express ten thousand years, and with a negative age a snapshot would be from the future.
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
