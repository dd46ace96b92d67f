using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using Berth.Seats;
using Berth.Seats.Server;
using Berth.Seats.Wire;
using Berth.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>One life of a desk: the real desk and its routes, without sockets. Its streams speak when the history lets them.</summary>
internal sealed class SimulatedDesk : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(int Dispatcher, PipeWriter Writer, long[] Position)> _streams = [];
    private readonly DeskApplication _application;

    public SimulatedDesk(
        int ordinal, string uid, int capacity, string keyFile, TestClock clock, List<string> violations, Func<UInt128> newId)
    {
        Clock = clock;
        Uid = uid;
        Capacity = capacity;
        Observer = new BookObserver(capacity, violations);
        Desk = new SeatDesk(
            new SeatDeskOptions
            {
                Pod = PodIdentity.FromEnvironment(
                    variable => variable == PodIdentity.NameVariable ? SeatCluster.NameOf(ordinal) : DispatcherFixture.B.Namespace),
                PodUid = uid,
                Capacity = capacity,
                KeyFile = keyFile,
                MaxSeatsPerClient = 4,
                MaxRemembered = 64,
                TimeProvider = clock,
            },
            newId,
            Observer.See);
        _application = new DeskApplication(Desk, CancellationToken.None);
    }

    public SeatDesk Desk { get; }

    public BookObserver Observer { get; }

    public TestClock Clock { get; }

    public string Uid { get; }

    public int Capacity { get; set; }

    /// <summary>Answers a request with the desk's own routes.</summary>
    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        FeatureCollection features = new();
        HttpRequestFeature head = new() { Method = request.Method.Method, Path = request.RequestUri!.AbsolutePath };
        head.Headers.Authorization = request.Headers.Authorization?.ToString();
        features.Set<IHttpRequestFeature>(head);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        using MemoryStream written = new();
        StreamResponseBodyFeature answer = new(written);
        features.Set<IHttpResponseBodyFeature>(answer);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IRequestBodyPipeFeature>(new BodyPipe(body));
        await _application.ProcessRequestAsync(features);
        await answer.CompleteAsync();
        IHttpResponseFeature response = features.Get<IHttpResponseFeature>()!;
        return new HttpResponseMessage((System.Net.HttpStatusCode)response.StatusCode)
        {
            Content = new ByteArrayContent(written.ToArray()),
        };
    }

    /// <summary>Opens a stream of the state for a dispatcher.</summary>
    public HttpResponseMessage OpenStream(int dispatcher)
    {
        // Without a limit: a dispatcher that has no time to read holds up no history.
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        lock (_lock)
        {
            (int, PipeWriter, long[]) stream = (dispatcher, pipe.Writer, [0]);
            _streams.Add(stream);
            Write(stream);
        }

        return new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
    }

    /// <summary>Sends the state to all streams.</summary>
    public void Tell()
    {
        lock (_lock)
            _streams.ForEach(Write);
    }

    /// <summary>Ends the streams of one dispatcher, or of all.</summary>
    public void Cut(int? dispatcher = null)
    {
        lock (_lock)
        {
            foreach ((_, PipeWriter writer, _) in _streams.Where(s => dispatcher is null || s.Dispatcher == dispatcher))
                writer.Complete(new IOException("cut"));
            _streams.RemoveAll(s => dispatcher is null || s.Dispatcher == dispatcher);
        }
    }

    public void Dispose()
    {
        Cut();
        Desk.Dispose();
    }

    private void Write((int Dispatcher, PipeWriter Writer, long[] Position) stream)
    {
        SeatDeskState state = Desk.State;
        (ulong[] keys, stream.Position[0]) = Desk.KeysSince(stream.Position[0]);
        byte[] hashes = new byte[8 * keys.Length];
        for (int i = 0; i < keys.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(hashes.AsSpan(8 * i), keys[i]);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(StateMessage.Of(Desk, state, hashes), WireJson.Default.StateMessage);
        byte[] text = [.. "data: "u8, .. json, .. "\n\n"u8];
        _ = stream.Writer.WriteAsync(text).AsTask();
    }

    private sealed class BodyPipe(byte[] body) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(body));
    }
}
