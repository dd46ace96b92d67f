using Berth.Dispatcher.Diagnostics;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// The clients that wait for seats of one target, in order of arrival. The first client is served first, even if a later one asks for fewer
/// seats.
/// </summary>
internal sealed class SeatLine : IAsyncDisposable
{
    /// <summary>The time after which the first client asks again if no desk has changed.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly SeatTarget _target;
    private readonly SeatContext _context;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _serving = Task.CompletedTask;
    private bool _isServing;
    private Waiting? _first;

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

    private int CountNow => _waiting.Count + (_first is null ? 0 : 1);

    private SeatOutcome GoneWithout => new(
        null, null, _stopping.IsCancellationRequested ? SeatProblemKind.LineFull : SeatProblemKind.Full);

    /// <summary>Waits in line, up to a time.</summary>
    public async Task<SeatOutcome> ReserveAsync(
        ReserveMessage request, string? cluster, TimeSpan wait, CancellationToken cancellationToken)
    {
        Waiting waiting = new(request, cluster, cancellationToken);
        lock (_lock)
        {
            if (CountNow >= _context.Options.MaxWaiting || _stopping.IsCancellationRequested)
                return new SeatOutcome(null, null, SeatProblemKind.LineFull);
            _waiting.AddLast(waiting.Node);
            if (!_isServing)
                _serving = Task.Run(ServeAsync, CancellationToken.None);
            _isServing = true;
        }

        using CancellationTokenSource limit = new(wait, _context.Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token, cancellationToken, _stopping.Token);
        await ((Task)waiting.Answer.Task).WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            // The client is no longer in the list, so it is being served or was served: its answer comes.
            waiting.HasLeft = true;
            if (waiting.Node.List is not null)
            {
                _waiting.Remove(waiting.Node);
                waiting.Answer.TrySetResult(GoneWithout);
            }
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
            Task<bool> change = _target.WaitForChangeAsync(moment);
            await ((Task)change).WaitAsync(s_again, _context.Time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SeatOutcome> TryAsync(Waiting first)
    {
        try
        {
            return await _target.ReserveAsync(first.Request, first.Cluster, first.Cancellation).ConfigureAwait(false);
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
            bool waits = outcome.IsFull && !first.HasLeft && !_stopping.IsCancellationRequested;
            if (waits)
                _waiting.AddFirst(first.Node);
            else
                first.Answer.TrySetResult(outcome.IsFull ? GoneWithout : outcome);
            return !waits;
        }
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
