using Berth.TestKit;
using Berth.TestKit.Invariants;

namespace Berth.Remote.Tests;

/// <summary>
/// A client of dispatchers over real sockets, under the observer of the invariants. The directory's waits end at once; the source's clock
/// stops until the test moves it.
/// </summary>
internal sealed class RemoteRig : IAsyncDisposable
{
    private bool _isFinished;

    public RemoteRig(string[] dispatchers, RemoteEndpointSourceOptions? options = null, PortScheme? ports = null)
    {
        options ??= new RemoteEndpointSourceOptions();
        Ports = ports ?? TestPods.Ports;
        Observer = new InvariantObserver(TestPods.Target, static _ => true);
        Source = new RemoteEndpointSource(dispatchers, new RemoteEndpointSourceOptions
        {
            TimeProvider = SourceTime,
            LoggerFactory = Observer.Log,
            Token = options.Token,
            TokenFile = options.TokenFile,
            CertificateAuthorityFile = options.CertificateAuthorityFile,
            MaxEventBytes = options.MaxEventBytes,
            RunId = options.RunId,
        });
        Directory = new EndpointDirectory(Observer.Tap(Source), new EndpointDirectoryOptions
        {
            TimeProvider = DirectoryTime,
            LoggerFactory = Observer.Log,
            FirstSnapshotTimeout = Timeout.InfiniteTimeSpan,
            Backoff = new ExponentialBackoff(new Random(1)),
        });
    }

    public PortScheme Ports { get; }

    public TestClock DirectoryTime { get; } = new() { IsHurried = true };

    public TestClock SourceTime { get; } = new();

    public InvariantObserver Observer { get; }

    public RemoteEndpointSource Source { get; }

    public EndpointDirectory Directory { get; }

    public EndpointView View { get; private set; } = null!;

    public EndpointSnapshot Current => View.Current!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Begins to follow. The states are all that may ever be published.</summary>
    public RemoteRig Follow(params string[] states)
    {
        Observer.Allow(states);
        View = Directory.Follow(TestPods.Target, Ports);
        Observer.Attach(Directory, View);
        return this;
    }

    /// <summary>Waits until the view is as wanted.</summary>
    public async Task<EndpointSnapshot?> UntilAsync(Func<EndpointView, bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Wait.Limit);
        while (true)
        {
            Task<bool> change = View.WaitForChangeAsync(View.Current, limit.Token);
            if (condition(View))
                return View.Current;
            try
            {
                await change;
            }
            catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"The view still shows '{View.Current}'; trouble: {View.Failure?.Message}", exception);
            }
        }
    }

    /// <summary>Waits until the view is live and shows a state.</summary>
    public async Task<EndpointSnapshot> UntilLiveAsync(string state) =>
        (await UntilAsync(v => v is { Failure: null, Current: { IsStale: false } current } && SnapshotText.Of(current) == state))!;

    /// <summary>Waits until a failure is shown that contains a text.</summary>
    public async Task<string> UntilFailureAsync(string text)
    {
        await UntilAsync(v => v.Failure?.Message.Contains(text, StringComparison.Ordinal) == true);
        return View.Failure?.Message ?? "";
    }

    /// <summary>Ends the following and checks the invariants.</summary>
    public async Task FinishAsync(bool mustBeLive = true)
    {
        if (mustBeLive)
            await UntilAsync(static v => v is { Failure: null, Current.IsStale: false });
        _isFinished = true;
        await Observer.DisposeAsync();
        await Directory.DisposeAsync();
        Assert.Empty(Observer.Finish(DirectoryTime.Waits, mustBeLive));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isFinished)
            return;
        await Observer.DisposeAsync();
        await Directory.DisposeAsync();
    }
}
