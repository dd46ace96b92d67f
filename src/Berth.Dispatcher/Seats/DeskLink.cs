using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Berth.Backoff;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Json;
using Berth.Seats;
using Berth.Seats.Clients;
using Berth.Seats.Wire;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// The link to one desk: it follows the desk's state, and sends requests. The state is a hint, and the desk decides. A desk that does not
/// answer has no state, and takes no part (S6).
/// </summary>
internal sealed class DeskLink : IAsyncDisposable
{
    /// <summary>The time without data after which a desk takes no part. A desk sends something every 2 s.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(6);

    private readonly SeatBatcher _batcher;
    private readonly Supervisor _following;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private volatile SeatDeskState? _state;
    private readonly Lock _lock = new();
    private string? _boot;
    private long _version;
    private int _free;
    private int _maxSeats;
    private bool _failing;

    /// <param name="endpoint">The pod.</param>
    /// <param name="desk">The address of its desk.</param>
    /// <param name="context">The objects that all links share.</param>
    /// <param name="changed">Called when the state has changed.</param>
    public DeskLink(PodEndpoint endpoint, IPEndPoint desk, SeatContext context, Action changed)
    {
        Endpoint = endpoint;
        Address = desk;
        Client = new SeatDeskClient(
            context.Http, new Uri($"{(context.Trust is null ? "http" : "https")}://{desk}/"), $"{endpoint.Namespace}/{endpoint.Name}",
            context.Keys, context.Trust?.Name);
        _changed = changed;
        _time = context.Time;
        _logger = context.Logger;
        _batcher = new SeatBatcher(Client, Hear, context.Options.AttemptTimeout, _time);
        ExponentialBackoff backoff = new(context.Random) { MaxDelay = TimeSpan.FromSeconds(5) };
        _following = new Supervisor(FollowAsync, Fail, backoff, _time);
        _following.Start();
    }

    /// <summary>The pod in the latest snapshot.</summary>
    public PodEndpoint Endpoint { get; set; }

    /// <summary>The pod in the id of a reservation: its name, after its cluster when several are followed.</summary>
    public string Id => Endpoint.Cluster is { } cluster ? $"{cluster.Replace('/', '~')}~{Endpoint.Name}" : Endpoint.Name;

    /// <summary>The address of its desk.</summary>
    public IPEndPoint Address { get; }

    public SeatDeskClient Client { get; }

    /// <summary>The desk's last known state, or null while the desk cannot be reached.</summary>
    public SeatDeskState? State => _state;

    /// <summary>The number of seats that are probably free, from the newest of the desk's stream and its answers.</summary>
    public int Free => _state is null ? 0 : Volatile.Read(ref _free);

    /// <summary>The maximum number of seats that the desk gives to one client.</summary>
    public int MaxSeats => Volatile.Read(ref _maxSeats);

    /// <summary>The idempotency keys that the desk is known to have.</summary>
    public KnownKeys Keys { get; } = new();

    /// <summary>Returns the last state that the desk sent.</summary>
    public PodSeats ReadSeats() => _state is { } state
        ? new PodSeats(
            Endpoint.Name, state.IsClosed ? "closed" : "open", state.Capacity, state.Free, state.Reserved, state.Taken)
        {
            Cluster = Endpoint.Cluster,
        }
        : new PodSeats(Endpoint.Name, PodSeats.Silent, 0, 0, 0, 0) { Cluster = Endpoint.Cluster };

    /// <summary>Asks the desk for a reservation.</summary>
    /// <exception cref="HttpRequestException">The desk did not answer in time, or refused the whole. Seats may be reserved.</exception>
    public Task<SeatMessage> ReserveAsync(ReserveMessage request) => _batcher.ReserveAsync(request);

    public ValueTask DisposeAsync() => _following.DisposeAsync();

    /// <summary>Reads one stream of the desk until it ends.</summary>
    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = new(s_silence, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            await foreach (StateMessage? message in Client.WatchAsync(both.Token).ConfigureAwait(false))
            {
                silence.CancelAfter(s_silence);
                if (message is not null)
                    Take(message);
            }

            throw new IOException("its stream ended");
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"it said nothing for {s_silence.TotalSeconds} s"), exception);
        }
        finally
        {
            _state = null;
            _changed();
        }
    }

    private void Take(StateMessage message)
    {
        if (message.Pod != $"{Endpoint.Namespace}/{Endpoint.Name}")
            throw new IOException($"it is the desk of {message.Pod}");
        // A new process does not know the keys of the previous one.
        bool isOther = _boot != message.Boot;
        if (isOther)
            Keys.Clear();
        byte[] keys = message.Keys ?? [];
        for (int i = 0; i + 8 <= keys.Length; i += 8)
            Keys.Add(BinaryPrimitives.ReadUInt64LittleEndian(keys.AsSpan(i)));
        lock (_lock)
        {
            _boot = message.Boot;
            _maxSeats = message.MaxSeats;
            if (isOther || message.Version >= _version)
                (_version, _free) = (message.Version, message.Free);
            _state = message.ToState();
        }

        if (_failing)
            Log.DeskAnswers(_logger, Endpoint.Name, Address);
        _failing = false;
        _changed();
    }

    // An answer can arrive before the stream's event, or after it: the higher version counts.
    private void Hear(ReserveResults answer)
    {
        lock (_lock)
        {
            if (answer.Boot == _boot && answer.Version > _version)
                (_version, _free) = (answer.Version, answer.Free);
        }
    }

    private TimeSpan? Fail(Exception exception)
    {
        if (!_failing)
            Log.DeskFails(_logger, Endpoint.Name, Address, exception.Message);
        _failing = true;
        return null;
    }
}
