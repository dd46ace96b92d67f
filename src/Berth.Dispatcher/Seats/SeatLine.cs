using Berth.Dispatcher.Diagnostics;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// The clients that wait for seats of one target, in order of arrival. The first client is served first, even if a later one asks for fewer
/// seats.
/// </summary>
internal sealed class SeatLine : IAsyncDisposable
{
    /// <summary>The longest time for which a client that does not wait stands behind clients for whom there is room.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    /// <summary>The time after which the first client asks again if no desk has changed.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly SeatTarget _target;
    private readonly SeatContext _context;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _serving = Task.CompletedTask;
    private bool _isServing;
    private volatile bool _hasClients;
    private Waiting? _first;

    // The seats that all clients in line ask for.
    private long _wanted;

    public SeatLine(SeatTarget target, SeatContext context)
    {
        _target = target;
        _context = context;
    }

    /// <summary>The number of clients that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return CountNow;
        }
    }

    /// <summary>True while clients wait. A memory read.</summary>
    public bool HasClients => _hasClients;

    /// <summary>
    /// True when the clients in line come before a request that arrives now. They do not where a desk has room for all of them and for the
    /// request: the line serves one client after the other, and must not hold up those for whom there is room. Nor do they come before a
    /// client that does not wait while there is no room for the first of them: that client gets a seat that the first cannot use, or none.
    /// </summary>
    /// <param name="seats">The seats of the request.</param>
    /// <param name="waits">True when its client would wait.</param>
    public bool ComesBefore(int seats, bool waits)
    {
        if (!_hasClients)
            return false;
        lock (_lock)
        {
            return (_first ?? _waiting.First?.Value) is { } next && (waits || _target.HasRoom(next.Request.Seats))
                && !_target.HasRoom(_wanted + seats);
        }
    }

    private int CountNow => _waiting.Count + (_first is null ? 0 : 1);

    private SeatOutcome GoneWithout => new(
        null, null, _stopping.IsCancellationRequested ? SeatProblemKind.LineFull : SeatProblemKind.Full);

    /// <summary>Waits in line, up to a time. With no time a client is asked for once, when all before it have been.</summary>
    public async Task<SeatOutcome> ReserveAsync(
        ReserveMessage request, string? cluster, TimeSpan wait, CancellationToken cancellationToken)
    {
        Waiting waiting = new(request, cluster, cancellationToken) { HasLeft = wait == TimeSpan.Zero };
        lock (_lock)
        {
            if (CountNow >= _context.Options.MaxWaiting || _stopping.IsCancellationRequested)
                return new SeatOutcome(null, null, waiting.HasLeft ? SeatProblemKind.Full : SeatProblemKind.LineFull);
            _waiting.AddLast(waiting.Node);
            Add(request.Seats);
            if (!_isServing)
                _serving = Task.Run(ServeAsync, CancellationToken.None);
            _isServing = true;
        }

        using CancellationTokenSource limit = new(waiting.HasLeft ? s_turn : wait, _context.Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token, cancellationToken, _stopping.Token);
        await ((Task)waiting.Answer.Task).WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            // A client that is no longer in the list is being served or was served: its answer comes.
            waiting.HasLeft = true;
            if (waiting.Node.List is not null)
                Dismiss(waiting);
        }

        return await waiting.Answer.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the wait of all clients. Completes when none is being served.</summary>
    public async Task EndAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task serving;
        lock (_lock)
            serving = _serving;
        await serving.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            object moment = _target.Moment;
            if (TakeFirst() is not { } first)
                return;
            SeatOutcome outcome = await TryAsync(first).ConfigureAwait(false);
            if (Complete(first, outcome))
                continue;
            DismissThoseWhoDoNotWait();
            Task<bool> change = _target.WaitForChangeAsync(moment);
            await ((Task)change).WaitAsync(s_again, _context.Time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SeatOutcome> TryAsync(Waiting first)
    {
        try
        {
            return await _target.ReserveAsync(first.Request, first.Cluster, yields: false, first.Cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new SeatOutcome(null, null, SeatProblemKind.LineFull);
        }
        catch (Exception exception)
        {
            Log.SeatsFailed(_context.Logger, _target.Target.View.Target, "serving the line", exception);
            return new SeatOutcome(null, null, SeatProblemKind.DeskSilent);
        }
    }

    private Waiting? TakeFirst()
    {
        lock (_lock)
        {
            if (_waiting.First is { } node && !_stopping.IsCancellationRequested)
            {
                _waiting.Remove(node);
                return _first = node.Value;
            }

            _isServing = false;
            return null;
        }
    }

    /// <summary>Gives the first client its answer. Returns false when that client continues to wait.</summary>
    private bool Complete(Waiting first, SeatOutcome outcome)
    {
        lock (_lock)
        {
            _first = null;
            if (outcome.IsFull && !first.HasLeft && !_stopping.IsCancellationRequested)
            {
                _waiting.AddFirst(first.Node);
                return false;
            }

            Add(-first.Request.Seats);
            first.Answer.TrySetResult(outcome.IsFull ? GoneWithout : outcome);
            return true;
        }
    }

    /// <summary>There is no room for the first client, so the turn of those behind it does not come soon.</summary>
    private void DismissThoseWhoDoNotWait()
    {
        lock (_lock)
        {
            foreach (Waiting waiting in _waiting.Where(static waiting => waiting.HasLeft).ToArray())
                Dismiss(waiting);
        }
    }

    /// <summary>Lets a client of the list go without seats. In the lock.</summary>
    private void Dismiss(Waiting waiting)
    {
        _waiting.Remove(waiting.Node);
        Add(-waiting.Request.Seats);
        waiting.Answer.TrySetResult(GoneWithout);
    }

    /// <summary>Counts a client that came (its seats) or went (its seats, negative). In the lock.</summary>
    private void Add(int seats)
    {
        _wanted += seats;
        _hasClients = CountNow > 0;
    }

    private sealed class Waiting
    {
        public Waiting(ReserveMessage request, string? cluster, CancellationToken cancellation)
        {
            Request = request;
            Cluster = cluster;
            Cancellation = cancellation;
            Node = new LinkedListNode<Waiting>(this);
        }

        public ReserveMessage Request { get; }

        public string? Cluster { get; }

        public CancellationToken Cancellation { get; }

        public LinkedListNode<Waiting> Node { get; }

        public TaskCompletionSource<SeatOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasLeft { get; set; }
    }
}
