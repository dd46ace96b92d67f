using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>
/// Reads a <c>snapshot</c> or <c>changes</c> event while it arrives, straight into endpoints. Nothing is returned before the event is
/// complete. It buffers a few items of the event, never all of it. Not safe for several threads.
/// </summary>
internal sealed class ContentReader(ServiceTarget target, PortScheme scheme, string? cluster)
{
    // Almost every pod is shorter.
    private const int UsualPod = 2048;

    private readonly PodReader _pods = new(target, scheme, cluster);
    private readonly PieceBuffer _data = new();
    private ContentParts _parts = new(target, isWhole: true, cluster);
    private JsonReaderState _json;
    private Position _position;
    private ContentMember _member;
    private int _skippedDepth;

    // The position in the unread data where the data of the JSON reader begins.
    private int _start;
    private bool _isWhole;

    private enum Position
    {
        Start,
        Members,
        Value,
        Items,
        Skipped,
        End,
    }

    /// <summary>Begins an event, and drops the rest of the previous one.</summary>
    public void Begin(bool isWhole)
    {
        _isWhole = isWhole;
        _parts = new ContentParts(target, isWhole, cluster);
        _data.Clear();
        _json = default;
        _position = Position.Start;
    }

    /// <summary>Takes a piece of the data.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            if (_data.IsFull)
                MakeRoom();
            piece = _data.Add(piece);
        }
    }

    /// <summary>The data is complete.</summary>
    public WatchMessage.Content End()
    {
        Read(isFinal: true);
        _data.Clear();
        ContentParts parts = _parts;
        _parts = new ContentParts(target, _isWhole, cluster);
        return parts.ToContent();
    }

    private void MakeRoom()
    {
        if (!_data.IsSmall)
            Read(isFinal: false);
        // One item fills it, or it is still small.
        if (_data.IsFull)
            _data.Grow();
    }

    private void Read(bool isFinal)
    {
        ReadOnlySpan<byte> data = _data.Unread;
        Utf8JsonReader reader = new(data, isFinal, _json);
        _start = 0;
        do
        {
            // Between two pods the JSON reader continues after those that are read without it.
            int plain = _position == Position.Items && _member == ContentMember.Endpoints && reader.TokenType == JsonTokenType.EndObject
                ? ReadPlain(data[(_start + (int)reader.BytesConsumed)..])
                : 0;
            if (plain == 0)
                continue;
            _start += (int)reader.BytesConsumed + plain;
            reader = new Utf8JsonReader(data[_start..], isFinal, reader.CurrentState);
        }
        while (TryStep(ref reader));

        _json = reader.CurrentState;
        _data.Remove(_start + (int)reader.BytesConsumed);
    }

    /// <summary>Reads the pods of the plain form that follow another pod.</summary>
    /// <returns>The length of what was read.</returns>
    private int ReadPlain(ReadOnlySpan<byte> data)
    {
        int read = 0;
        while (read < data.Length && data[read] == ',' && _pods.ReadPlain(data[(read + 1)..], out PodEndpoint? pod) is > 0 and int length)
        {
            _parts.Add(pod!);
            read += 1 + length;
        }

        return read;
    }

    /// <summary>Reads one more token. False when more data is needed, or at the end.</summary>
    private bool TryStep(scoped ref Utf8JsonReader reader) => _position switch
    {
        Position.Start => TryStart(ref reader),
        Position.Members => TryMember(ref reader),
        Position.Value => TryValue(ref reader),
        Position.Items => TryItem(ref reader),
        Position.Skipped => TrySkipped(ref reader),
        // The reader throws when something follows the object.
        _ => reader.Read(),
    };

    private bool TryStart(scoped ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw JsonText.Unexpected(ref reader, "data");
        _position = Position.Members;
        return true;
    }

    private bool TryMember(scoped ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        _position = reader.TokenType == JsonTokenType.EndObject ? Position.End : Position.Value;
        if (_position == Position.Value)
            _member = ContentMembers.Find(ref reader, _isWhole);
        return true;
    }

    private bool TryValue(scoped ref Utf8JsonReader reader)
    {
        Utf8JsonReader ahead = reader;
        if (!ahead.Read())
            return false;
        if (_member == ContentMember.Other)
        {
            reader = ahead;
            _skippedDepth = reader.CurrentDepth;
            _position = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? Position.Skipped : Position.Members;
            return true;
        }

        _parts.ReadValue(ref reader, _member);
        _position = ContentMembers.IsList(_member) ? Position.Items : Position.Members;
        return true;
    }

    private bool TrySkipped(scoped ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (reader.CurrentDepth == _skippedDepth)
            _position = Position.Members;
        return true;
    }

    private bool TryItem(scoped ref Utf8JsonReader reader)
    {
        Utf8JsonReader before = reader;
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _position = Position.Members;
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
            throw JsonText.Unexpected(ref reader, ContentMembers.NameOf(_member));
        bool isRead = _member == ContentMember.Endpoints ? TryPod(ref reader) : TryOther(ref reader);
        if (!isRead)
            reader = before;
        return isRead;
    }

    /// <summary>
    /// Reads the pod whose object the reader has just entered. If enough data follows, the pod is read at once: a search for its end would
    /// take as long as reading. If the data turns out to be incomplete, the pod is dropped and read again later.
    /// </summary>
    private bool TryPod(scoped ref Utf8JsonReader reader)
    {
        Utf8JsonReader item = reader;
        if (_data.Unread.Length - _start - reader.BytesConsumed < UsualPod && !IsComplete(item))
            return false;
        try
        {
            PodEndpoint pod = _pods.Read(ref reader);
            if (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth != item.CurrentDepth)
                return false;
            _parts.Add(pod);
            return true;
        }
        catch (Exception exception) when (exception is WatchFormatException or InvalidOperationException && !IsComplete(item))
        {
            return false;
        }
    }

    private bool TryOther(scoped ref Utf8JsonReader reader)
    {
        if (!IsComplete(reader))
            return false;
        if (_member == ContentMember.Changes)
            _parts.ReadChange(ref reader, _pods);
        else
            _parts.ReadItem(ref reader, _member);
        return true;
    }

    private static bool IsComplete(Utf8JsonReader item) => item.TrySkip();
}
