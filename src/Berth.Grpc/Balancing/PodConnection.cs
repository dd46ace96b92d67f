using System.Net;
using System.Net.Sockets;
using Berth.Grpc.Resolving;
using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Balancing;

/// <summary>The connection of a channel to one pod. The channel's lock guards all changes; picks read without it.</summary>
internal sealed class PodConnection : ISubchannelCallTracker
{
    private readonly Subchannel _subchannel;
    private volatile State _state = State.Idle;
    private int _resets;

    public PodConnection(PodAddress address, Subchannel subchannel)
    {
        Address = address;
        _subchannel = subchannel;
        Picked = PickResult.ForSubchannel(subchannel, this);
    }

    public PodAddress Address { get; private set; }

    /// <summary>The result of a pick of this connection. The library waits for another picker where it is no longer ready.</summary>
    public PickResult Picked { get; }

    /// <summary>True when the channel keeps this connection open for calls that name no pod.</summary>
    public bool IsKept { get; private set; }

    /// <summary>True when the pod no longer exists.</summary>
    public bool IsClosed { get; private set; }

    public ConnectivityState Connectivity => _state.Connectivity;

    /// <summary>The result of a pick while the last attempt to connect has failed, else null.</summary>
    public PickResult? Failure => _state.Failure;

    /// <summary>Applies a new result for the same process.</summary>
    public void Update(PodAddress address, bool isKept)
    {
        Address = address;
        IsKept = isKept;
    }

    public void Update(SubchannelState state) => _state = state.State == ConnectivityState.TransientFailure
        ? new State(state.State, PickResult.ForFailure(Describe(state.Status)))
        : new State(state.State, null);

    /// <summary>Connects, if that has not been asked for yet.</summary>
    public void Connect() => _subchannel.RequestConnection();

    /// <summary>Picks this connection for a call that names its pod: now, or when it is connected.</summary>
    public PickResult Pick(PickResult queued)
    {
        State state = _state;
        if (state.Connectivity == ConnectivityState.Ready)
            return Picked;
        if (state.Failure is { } failure)
            return failure;
        if (state.Connectivity == ConnectivityState.Idle)
            UnlessClosed(Connect);
        return queued;
    }

    void ISubchannelCallTracker.Start()
    {
    }

    /// <summary>
    /// Connects again after a call whose connection was refused. The library does not notice: a pod that is killed while no call has used
    /// its connection stays ready, and each call to it fails.
    /// </summary>
    void ISubchannelCallTracker.Complete(CompletionContext context)
    {
        if (context.Error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
            Reset(_state);
    }

    public void Close()
    {
        IsClosed = true;
        _subchannel.Dispose();
    }

    private void Reset(State seen)
    {
        // Only the first of many calls resets; the others find the new state.
        if (seen.Connectivity != ConnectivityState.Ready
            || !ReferenceEquals(Interlocked.CompareExchange(ref _state, State.Idle, seen), seen))
        {
            return;
        }

        // The same address, but not an equal one: the library gives the connection up, and connects again with its own backoff.
        DnsEndPoint own = Address.Address.EndPoint;
        AddressFamily family = (Interlocked.Increment(ref _resets) & 1) == 0 ? own.AddressFamily : Address.Pod.Address.AddressFamily;
        BalancerAddress other = new(new DnsEndPoint(own.Host, own.Port, family));
        foreach (KeyValuePair<string, object?> attribute in Address.Address.Attributes)
            other.Attributes.Set(new BalancerAttributesKey<object?>(attribute.Key), attribute.Value);
        UnlessClosed(() => _subchannel.UpdateAddresses([other]));
    }

    private static void UnlessClosed(Action act)
    {
        try
        {
            act();
        }
        catch (InvalidOperationException)
        {
            // The pod has just left. A new picker follows, and the waiting call gets the reason from it.
        }
    }

    private Status Describe(Status status) => new(
        StatusCode.Unavailable,
        $"{Address.Pod.Name} does not accept connections at {new IPEndPoint(Address.Pod.Address, Address.Address.EndPoint.Port)}. "
            + $"Check that its server listens there. {status.DebugException?.Message ?? status.Detail}",
        status.DebugException);

    private sealed record State(ConnectivityState Connectivity, PickResult? Failure)
    {
        public static State Idle { get; } = new(ConnectivityState.Idle, null);
    }
}
