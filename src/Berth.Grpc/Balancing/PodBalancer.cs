using Berth.Grpc.Resolving;
using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Balancing;

/// <summary>
/// Keeps connections to the pods of a channel. In contrast to the balancers of the library it fails calls when there are no pods, also
/// after there were some. The channel's lock guards everything here but picks.
/// </summary>
internal sealed class PodBalancer(IChannelControlHelper controller, Turns turns) : LoadBalancer
{
    private PodTable? _table;
    private bool _isConnecting;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override void UpdateChannelState(ChannelState state)
    {
        if (_isDisposed)
            return;
        if (state.Addresses is ResolvedPods { Reason: null } pods)
            Take(pods);
        else
            Fail((state.Addresses as ResolvedPods)?.Reason ?? DescribeStranger(state));
    }

    /// <inheritdoc/>
    public override void RequestConnection() => ConnectKept();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDisposed = true;
            Close(_table?.All ?? []);
        }

        base.Dispose(disposing);
    }

    private static string DescribeStranger(ChannelState state) => state.Status.StatusCode != StatusCode.OK
        ? state.Status.Detail
        : $"The policy {BerthPolicy.Name} knows the pods of berth:/// addresses only. Use another policy, or such an address.";

    private static void Close(IEnumerable<PodConnection> connections)
    {
        foreach (PodConnection connection in connections)
            connection.Close();
    }

    private void Take(ResolvedPods pods)
    {
        Dictionary<string, PodConnection> before = (_table?.All ?? []).ToDictionary(
            static connection => connection.Address.Pod.Name, StringComparer.Ordinal);
        bool[] isKept = Subset.Of(pods);
        PodConnection[] connections = new PodConnection[pods.Count];
        for (int i = 0; i < connections.Length; i++)
        {
            PodAddress address = pods.Pods[i];
            string name = address.Pod.Name;
            connections[i] = before.TryGetValue(name, out PodConnection? known) && known.Address.IsSameProcess(address)
                ? known
                : Open(address);
            if (ReferenceEquals(connections[i], known))
                before.Remove(name);
            connections[i].Update(address, isKept[i]);
        }

        _table = new PodTable(pods, connections);
        ConnectKept();
        // Only now, when the picker in use has none of them.
        Close(before.Values);
    }

    private void Fail(string reason)
    {
        PodConnection[] before = _table?.All ?? [];
        _table = null;
        controller.UpdateState(new BalancerState(ConnectivityState.TransientFailure, new FailingPicker(reason)));
        Close(before);
    }

    private PodConnection Open(PodAddress address)
    {
        Subchannel subchannel = controller.CreateSubchannel(new SubchannelOptions([address.Address]));
        PodConnection connection = new(address, subchannel);
        subchannel.OnStateChanged(state => OnStateChanged(connection, state));
        return connection;
    }

    private void OnStateChanged(PodConnection connection, SubchannelState state)
    {
        if (connection.IsClosed || _isDisposed)
            return;
        connection.Update(state);
        if (state.State == ConnectivityState.Idle && connection.IsKept)
            connection.Connect();
        Publish();
    }

    private void ConnectKept()
    {
        _isConnecting = true;
        foreach (PodConnection connection in _table?.All ?? [])
        {
            if (connection is { IsKept: true, Connectivity: ConnectivityState.Idle })
                connection.Connect();
        }

        _isConnecting = false;
        Publish();
    }

    private void Publish()
    {
        // One picker for all connections that are opened together.
        if (_table is null || _isConnecting)
            return;
        PodConnection[] ready = _table.FindReady();
        ConnectivityState state = ready.Length > 0 ? ConnectivityState.Ready
            : _table.All.Any(static connection => connection is { IsKept: true, Failure: null }) ? ConnectivityState.Connecting
            : ConnectivityState.TransientFailure;
        PickResult otherwise = state == ConnectivityState.TransientFailure
            ? _table.All.First(static connection => connection.IsKept).Failure!
            : PodPicker.Queued;
        controller.UpdateState(new BalancerState(state, new PodPicker(_table, ready, otherwise, turns)));
    }
}
