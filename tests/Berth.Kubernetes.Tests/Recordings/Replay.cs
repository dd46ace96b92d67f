using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.InProcess;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Recordings;

/// <summary>Plays a recording to the real source, and records its requests and its snapshots.</summary>
internal sealed class Replay
{
    private readonly Recording _recording;
    private readonly IEnumerable<ReadOnlyMemory<byte>> _pieces;
    private readonly int? _protobufPiece;
    private readonly FakeTimeProvider _time = new();
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);
    private PushBody? _watch;
    private EndpointSnapshot? _last;
    private Task<EndpointSnapshot>? _pending;
    private bool _failed;

    private Replay(Recording recording, IEnumerable<ReadOnlyMemory<byte>> pieces, int? protobufPiece)
    {
        _recording = recording;
        _pieces = pieces;
        _protobufPiece = protobufPiece;
    }

    /// <summary>Plays it in pieces.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="pieces">Its bytes.</param>
    /// <param name="protobufPiece">
    /// Null for a watch as it was recorded; else its events in protobuf, each in pieces of this length. The pieces given are then whole
    /// lines.
    /// </param>
    /// <returns>The text of what happened.</returns>
    public static async Task<string> PlayAsync(
        Recording recording, IEnumerable<ReadOnlyMemory<byte>> pieces, int? protobufPiece = null)
    {
        Replay replay = new(recording, pieces, protobufPiece);
        await replay.PlayAsync();
        return replay._text.ToString();
    }

    private async Task PlayAsync()
    {
        bool nodes = _recording.Name == "nodes";
        await using KubernetesEndpointSource source = new(
            new ClusterAccess { Server = new Uri("http://recorded:8080"), Source = "recording" },
            new KubernetesEndpointSourceOptions
            {
                TimeProvider = _time,
                Random = new Random(1),
                StreamingLists = _recording.Streams,
                AddressMode = nodes ? AddressMode.External : AddressMode.Internal,
            },
            new KubernetesApiOptions { Transport = () => new InProcessTransport((request, _) => Task.FromResult(Serve(request))) });
        await using IEndpointStream stream = source.Open(
            new ServiceTarget("k8s-example2", _recording.Service), PortScheme.PerOrdinal(3000));
        // Nodes are followed by a task of their own, so their first snapshot is waited for.
        _pending = stream.ReadAsync(CancellationToken.None).AsTask();
        if (nodes)
            await _pending.WaitAsync(Wait.Limit);
        await ReadAsync(stream);
        if (_recording.IsWatch)
            await PlayWatchAsync(stream);
    }

    private async Task PlayWatchAsync(IEndpointStream stream)
    {
        int number = 0;
        PushBody body = _watch!;
        foreach (ReadOnlyMemory<byte> piece in _pieces)
        {
            if (piece.Span[^1] == '\n')
                _text.Append(CultureInfo.InvariantCulture, $"event {++number}\n");
            if (_protobufPiece is { } length)
                await PushAsync(stream, body, ProtobufWire.Events(piece.Span)!, length);
            else
                body.Push(piece);
            await ReadAsync(stream);
            if (piece.Span[^1] != '\n')
                continue;
            // A pod that may be moving to another slice is held for a moment.
            _time.Advance(PodHolds.Deleted);
            await ReadAsync(stream);
        }

        _text.Append("end\n");
        body.End();
        await ReadAsync(stream);
    }

    private async Task PushAsync(IEndpointStream stream, PushBody body, byte[] bytes, int length)
    {
        for (int at = 0; at < bytes.Length; at += length)
        {
            body.Push(bytes.AsMemory(at, Math.Min(length, bytes.Length - at)));
            await ReadAsync(stream);
        }
    }

    private HttpResponseMessage Serve(InProcessRequest request)
    {
        string path = request.IsNodes ? "nodes" : "slices";
        if (request.IsWatch)
        {
            if (!request.IsNodes)
                _text.Append(
                    CultureInfo.InvariantCulture,
                    $"watches {path} from "
                        + $"'{request.Query("resourceVersion")}'"
                        + $"{(request.Query("sendInitialEvents") is null ? "" : ", the existing first")}\n");
            PushBody body = new();
            if (!request.IsNodes)
                _watch ??= body;
            return body.Answer(
                contentType: _protobufPiece is null || request.IsNodes ? "application/json" : ProtobufWire.WatchContentType);
        }

        if (request.IsNodes)
            return Answer(new Recording("nodes"), [Fixture.Bytes("nodes.json")]);
        _text.Append(CultureInfo.InvariantCulture, $"lists {path}{(request.Query("continue") is null ? "" : ", the next page")}\n");
        if (_recording.IsWatch)
            return PushBody.Whole(200, _recording.ListBefore);
        if (_recording.Name == "nodes")
            return Answer(new Recording("list-3-ready"), [Fixture.Bytes("list-3-ready.json")]);
        // Only two pages were recorded: the second is made the last one.
        if (request.Query("continue") is null)
            return Answer(_recording, _pieces);
        return PushBody.Whole(
            200,
            _recording.Name == "page-1" ? Regex.Replace(Fixture.Text("page-2.json"), "\"continue\":\"[^\"]*\",?", "") : Json.List("2594"));
    }

    private static HttpResponseMessage Answer(Recording recording, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        PushBody body = new();
        foreach (ReadOnlyMemory<byte> piece in pieces)
            body.Push(piece);
        body.End();
        return body.Answer(recording.Status, recording.ContentType);
    }

    /// <summary>Reads all there is. A failure of an answer that is no watch would only come again.</summary>
    private async Task ReadAsync(IEndpointStream stream)
    {
        while (!_failed)
        {
            _pending ??= stream.ReadAsync(CancellationToken.None).AsTask();
            if (!_pending.IsCompleted)
                return;
            Task<EndpointSnapshot> read = _pending;
            _pending = null;
            try
            {
                Describe(await read);
            }
            catch (EndpointSourceException exception)
            {
                string classes = exception.InnerException is { } inner
                    ? $"{nameof(EndpointSourceException)} of {inner.GetType().Name}"
                    : nameof(EndpointSourceException);
                _text.Append(CultureInfo.InvariantCulture, $"fails, {classes}:\n  {exception.Message}\n");
                _failed = !_recording.IsWatch;
            }
        }
    }

    private void Describe(EndpointSnapshot snapshot)
    {
        if (ReferenceEquals(snapshot, _last))
        {
            _text.Append("confirmed\n");
            return;
        }

        _last = snapshot;
        _text.Append(
            CultureInfo.InvariantCulture,
            $"snapshot of version {snapshot.SourceVersion}: {snapshot.Available.Count} of {snapshot.Endpoints.Count} available, "
                + $"{snapshot.LeftOut.Count} left out\n");
        Dictionary<string, string> now = snapshot.Endpoints
            .Select(static e => (e.Name, Text: $"{string.Join(' ', e.Addresses)} port {e.Port} {e.State} on {e.Node} in {e.Zone}, {e.Uid}"))
            .Concat(snapshot.LeftOut.Select(static e => (e.Name, Text: $"left out, {e.Reason}: {e.Detail}")))
            .ToDictionary(static e => e.Name, static e => e.Text, StringComparer.Ordinal);
        foreach (string gone in _shown.Keys.Except(now.Keys).Order(StringComparer.Ordinal).ToArray())
        {
            _text.Append(CultureInfo.InvariantCulture, $"  - {gone}\n");
            _shown.Remove(gone);
        }

        foreach ((string name, string text) in now)
        {
            if (!_shown.TryGetValue(name, out string? before) || before != text)
                _text.Append(CultureInfo.InvariantCulture, $"  {(before is null ? '+' : '~')} {name} {text}\n");
            _shown[name] = text;
        }
    }
}
