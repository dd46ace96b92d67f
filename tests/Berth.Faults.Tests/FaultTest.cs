using Berth.TestKit.Invariants;

namespace Berth.Faults;

/// <summary>
/// A test of faults. After each test the observer's five invariants are checked: for example that discovery ended live, by itself, and that
/// only whole states that the test allows were seen.
/// </summary>
public abstract class FaultTest : IAsyncLifetime
{
    private Rig? _rig;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected Rig Rig => _rig ?? throw new InvalidOperationException("The test has not started its rig.");

    private protected ScriptedApi Api => Rig.Api;

    private protected InvariantObserver Observer => Rig.Observer;

    /// <summary>True when the same faults run in protobuf.</summary>
    private protected virtual bool IsInProtobuf => false;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_rig is null)
            return;
        try
        {
            // The failure of the test itself comes first.
            if (TestContext.Current.TestState?.Result != TestResult.Failed)
                Assert.Empty(await _rig.FinishAsync());
        }
        finally
        {
            await _rig.DisposeAsync();
        }
    }

    /// <summary>Builds the world. The states are all that may ever be published.</summary>
    private protected async Task BuildAsync(RigOptions? options, params string[] states)
    {
        _rig = await Rig.StartAsync((options ?? new RigOptions()) with { KnowsProtobuf = IsInProtobuf });
        Observer.Allow(states);
    }

    /// <summary>Builds the usual world and follows the target.</summary>
    private protected Task StartAsync(params string[] states) => StartAsync(null, states);

    private protected async Task StartAsync(RigOptions? options, params string[] states)
    {
        await BuildAsync(options, states);
        Rig.Follow();
    }

    /// <summary>Answers a list, waits until the directory has it, and gives the watch that follows, open.</summary>
    private protected async Task<ScriptedExchange> ListAndWatchAsync(string list)
    {
        await ConfirmedAsync(() => AnswerListAsync(list));
        return await WatchAsync();
    }

    /// <summary>Ends a watch, opens the one that follows, and waits until the directory knows that it was taken up again.</summary>
    private protected async Task<ScriptedExchange> ReopenAsync(string fromVersion, Action end)
    {
        ScriptedExchange? watch = null;
        await ConfirmedAsync(async () =>
        {
            end();
            watch = await WatchAsync(fromVersion);
        });
        return watch!;
    }

    /// <summary>Takes the next request, which must be a list, and answers it.</summary>
    private protected async Task<ScriptedExchange> AnswerListAsync(string list)
    {
        ScriptedExchange request = await Api.NextAsync(Token);
        Assert.False(request.IsWatch, $"{request.QueryString} is a watch, and a list was due.");
        await request.AnswerAsync(200, list);
        return request;
    }

    /// <summary>Takes the next request, which must be a watch, and opens it.</summary>
    private protected async Task<ScriptedExchange> WatchAsync(string? fromVersion = null)
    {
        ScriptedExchange watch = await Api.NextAsync(Token);
        Assert.True(watch.IsWatch, $"{watch.Path}{watch.QueryString} is a list, and a watch was due.");
        if (fromVersion is not null)
            Assert.Equal(fromVersion, watch.Query("resourceVersion"));
        await watch.StartAsync();
        return watch;
    }

    /// <summary>Waits until the client has the head of a watch and waits for its first event.</summary>
    private protected Task OpenedAsync() => Rig.SourceTime.WaitForTimerAsync(static due => due >= TimeSpan.FromSeconds(150), Token);

    /// <summary>Does something that confirms the snapshot, after some time, and waits until the directory knows.</summary>
    private protected async Task ConfirmedAsync(Func<Task> cause, TimeSpan? after = null)
    {
        TimeSpan step = after ?? TimeSpan.FromSeconds(1);
        Rig.DirectoryTime.Advance(step);
        await cause();
        await Wait.ForAsync(() => Rig.View!.Age < step, Token);
    }

    /// <summary>Lets the time pass for which the pods of a deleted slice are held.</summary>
    private protected async Task HeldAsync()
    {
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(1500), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1500));
    }

    private protected Task<EndpointSnapshot> UntilAsync(string state) =>
        Rig.UntilAsync(v => !v.Current!.IsStale && SnapshotText.Of(v.Current!) == state);

    private protected Task<EndpointSnapshot> UntilStaleAsync() => Rig.UntilAsync(static v => v.Current!.IsStale);

    private protected Task<EndpointSnapshot> UntilLiveAsync() => Rig.UntilAsync(static v => !v.Current!.IsStale);
}
