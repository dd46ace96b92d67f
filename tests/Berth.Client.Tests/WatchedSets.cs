using Berth.TestKit;

namespace Berth.Client.Tests;

/// <summary>A watch that a test reads set by set, within the bound of every wait.</summary>
internal sealed class WatchedSets : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ClientRig.Cancelled);
    private readonly IAsyncEnumerator<EndpointSnapshot> _sets;

    public WatchedSets(BerthClient client, string target = ClientRig.Target, Action<BerthException, TimeSpan>? onRetry = null) =>
        _sets = client.WatchAsync(target, onRetry).GetAsyncEnumerator(_stop.Token);

    /// <summary>Reads until a set is as wanted, and returns it.</summary>
    public async Task<EndpointSnapshot> UntilAsync(Func<EndpointSnapshot, bool> condition)
    {
        using CancellationTokenSource limit = new(Wait.Limit);
        using CancellationTokenRegistration end = limit.Token.Register(_stop.Cancel);
        while (await _sets.MoveNextAsync())
        {
            if (condition(_sets.Current))
                return _sets.Current;
        }

        throw new InvalidOperationException("A watch ended without an exception.");
    }

    public Task<EndpointSnapshot> UntilAsync(string pods) => UntilAsync(set => Describe(set) == pods);

    public Task<bool> MoveAsync() => _sets.MoveNextAsync().AsTask();

    public void Cancel() => _stop.Cancel();

    /// <summary>A set as a text: <c>0:uid:Ready 2:uid:NotReady stale</c>.</summary>
    public static string Describe(EndpointSnapshot set) =>
        string.Join(' ', set.Endpoints.Select(static pod => $"{pod.Ordinal}:{pod.Uid}:{pod.State}")) + (set.IsStale ? " stale" : "");

    public async ValueTask DisposeAsync()
    {
        await _sets.DisposeAsync();
        _stop.Dispose();
    }
}
