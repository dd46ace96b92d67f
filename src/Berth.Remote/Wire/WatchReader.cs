using System.Text.Json;

namespace Berth.Remote.Wire;

/// <summary>
/// Reads the data of the events of <c>/v1/watch</c> in pieces. Unknown members and kinds are ignored. Not safe for several threads.
/// </summary>
/// <param name="target">The target.</param>
/// <param name="scheme">The scheme of its ports.</param>
/// <param name="cluster">The name that this client gives to the dispatcher's cluster, or null.</param>
internal sealed class WatchReader(ServiceTarget target, PortScheme scheme, string? cluster = null)
{
    private const int MaxMessage = 200;

    private readonly ContentReader _content = new(target, scheme, cluster);
    private readonly SourceReader _source = new(cluster);
    private Kind _kind;

    private enum Kind
    {
        Other,
        Snapshot,
        Changes,
        Source,
    }

    /// <summary>Begins an event, and drops the rest of the previous one.</summary>
    /// <param name="kind">The kind of the event, in UTF-8; empty when it has none.</param>
    public void Begin(ReadOnlySpan<byte> kind)
    {
        _kind = kind.SequenceEqual("snapshot"u8) ? Kind.Snapshot
            : kind.SequenceEqual("changes"u8) ? Kind.Changes
            : kind.SequenceEqual("source"u8) ? Kind.Source
            : Kind.Other;
        if (_kind == Kind.Source)
            _source.Begin();
        else if (_kind != Kind.Other)
            _content.Begin(isWhole: _kind == Kind.Snapshot);
    }

    /// <summary>Reads a piece of the event's data.</summary>
    /// <exception cref="WatchFormatException">It is not an event of a watch of this target.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        try
        {
            if (_kind == Kind.Source)
                _source.Append(piece);
            else if (_kind != Kind.Other)
                _content.Append(piece);
        }
        catch (Exception exception) when (IsFormat(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>Completes the event. Its data counts only from then on.</summary>
    /// <exception cref="WatchFormatException">It is not an event of a watch of this target.</exception>
    public WatchMessage End()
    {
        try
        {
            return _kind switch
            {
                Kind.Other => WatchMessage.Other.Instance,
                Kind.Source => _source.End(),
                _ => _content.End(),
            };
        }
        catch (Exception exception) when (IsFormat(exception))
        {
            throw Unreadable(exception);
        }
    }

    private static bool IsFormat(Exception exception) => exception is JsonException or InvalidOperationException or FormatException;

    private WatchFormatException Unreadable(Exception exception)
    {
        string kind = _kind switch { Kind.Snapshot => "snapshot", Kind.Changes => "changes", _ => "source" };
        // The message has no position, because the JSON reader does not count the pods that are read without it.
        string message = exception.Message.Split(" LineNumber:")[0];
        // The reader's own message may contain all the data that follows.
        if (message.Length > MaxMessage)
            message = $"{message[..(MaxMessage / 2)]} ... {message[^(MaxMessage / 2)..]}";
        return new WatchFormatException($"its event '{kind}' cannot be read: {message.TrimEnd('.')}", exception);
    }
}
