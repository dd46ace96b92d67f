using Berth.Sources;
using Berth.TestKit;

namespace Berth.Tests.Sources;

/// <summary>Pods that an operator cordons while a directory runs.</summary>
public sealed class CordonTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly PushableSource _source = new();
    private readonly CordonSource _cordons;
    private readonly EndpointDirectory _directory;
    private readonly EndpointView _view;

    public CordonTests()
    {
        _cordons = new CordonSource(_source, _time);
        _directory = new EndpointDirectory(_cordons, new EndpointDirectoryOptions { TimeProvider = _time });
        _view = _directory.Follow(TestPods.Target, TestPods.Ports);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task Cordoned_pod_stays_in_the_snapshot_and_is_not_available()
    {
        EndpointSnapshot before = await PublishAsync(0, 1, 2);
        _cordons.Set(new CordonList(["k8s-example2/service-b-1", "other/service-b-2", "k8s-example2/service-b-9"]));
        EndpointSnapshot after = await UntilAsync(static s => s.Available.Count == 2);

        Assert.Equal([PodState.Ready, PodState.Cordoned, PodState.Ready], after.Endpoints.Select(static pod => pod.State));
        PodEndpoint cordoned = after.FindByName("service-b-1")!;
        Assert.Same(cordoned, after.FindByOrdinal(1));
        Assert.Equal((true, true, false), (cordoned.Ready, cordoned.Serving, cordoned.Terminating));
        Assert.Equal("10.77.0.1:3001", cordoned.Authority);
        Assert.Same(before.Endpoints[0], after.Endpoints[0]);
        Assert.False(after.IsStale);
        PodChange change = Assert.Single(after.CompareWith(before));
        Assert.Equal(PodChangeKind.Cordoned, change.Kind);
        Assert.Equal(PodChangeKind.Ready, before.CompareWith(after)[0].Kind);

        _cordons.Set(CordonList.Empty);
        Assert.Same(before.Endpoints[1], (await UntilAsync(static s => s.Available.Count == 3)).Endpoints[1]);
    }

    [Fact]
    public async Task Every_picker_passes_a_cordoned_pod_over()
    {
        await PublishAsync(0, 1);
        _cordons.Set(new CordonList(["k8s-example2/service-b-0"]));
        EndpointSnapshot snapshot = await UntilAsync(static s => s.Available.Count == 1);
        foreach (string name in new[] { "random", "round-robin", "sticky" })
        {
            Assert.True(EndpointPickers.TryCreate(name, out IEndpointPicker? picker, out _));
            for (int i = 0; i < 20; i++)
                Assert.Equal("service-b-1", picker.Pick(snapshot).Name);
        }

        Assert.False(new OrdinalPicker(0).TryPick(snapshot, out _));
        Assert.False(new PodNamePicker("service-b-0").TryPick(snapshot, out _));
    }

    [Fact]
    public async Task Later_snapshots_and_pods_are_cordoned_too()
    {
        await PublishAsync(0);
        _cordons.Set(new CordonList(["k8s-example2/service-b-1"]));
        EndpointSnapshot two = await PublishAsync(0, 1);
        Assert.Equal(PodState.Cordoned, two.Endpoints[1].State);
        _source.Push(TestPods.Snapshot(TestPods.Endpoint(0), TestPods.Endpoint(1, ready: false)));
        Assert.Equal(PodState.NotReady, (await UntilAsync(static s => !s.Endpoints[1].Ready)).Endpoints[1].State);
    }

    [Fact]
    public async Task Cordon_during_an_outage_counts_and_the_snapshot_stays_stale()
    {
        await PublishAsync(0, 1);
        _source.Fail(TestPods.Target, TestPods.Ports, "The API is away.");
        await UntilAsync(static s => s.IsStale);
        _cordons.Set(new CordonList(["k8s-example2/service-b-0"]));
        // It counts at the next attempt.
        Task<EndpointSnapshot> cordoned = UntilAsync(static s => s.Available.Count == 1);
        await Wait.ForAsync(
            () => cordoned.IsCompleted, () => _time.Advance(TimeSpan.FromSeconds(1)),
            TestContext.Current.CancellationToken);
        EndpointSnapshot snapshot = await cordoned;
        Assert.True(snapshot.IsStale);
        Assert.Contains("The API is away.", snapshot.StaleReason, StringComparison.Ordinal);
        _source.Confirm(TestPods.Target, TestPods.Ports);
        Assert.Single((await UntilAsync(static s => !s.IsStale)).Available);
    }

    [Fact]
    public async Task Cordon_after_an_unexpected_exception_is_no_recovery()
    {
        await PublishAsync(0, 1);
        _source.Fail(TestPods.Target, TestPods.Ports, new InvalidOperationException("The decoder is broken."));
        EndpointSnapshot failed = await UntilAsync(static s => s.IsStale);
        _cordons.Set(new CordonList(["k8s-example2/service-b-0"]));
        // It counts at the next attempt.
        Task<EndpointSnapshot> cordoned = UntilAsync(static s => s.Available.Count == 1);
        await Wait.ForAsync(() => cordoned.IsCompleted, () => _time.Advance(TimeSpan.FromSeconds(1)), Token);
        EndpointSnapshot snapshot = await cordoned;
        Assert.Equal((true, failed.StaleReason), (snapshot.IsStale, snapshot.StaleReason));
        Assert.Contains("The decoder is broken.", snapshot.StaleReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("games/lobby-2", true)]
    [InlineData("lobby-2", false)]
    [InlineData("games/", false)]
    [InlineData("games/lobby/2", false)]
    [InlineData("games/Lobby-2", false)]
    [InlineData("", false)]
    public void Name_of_a_pod_has_its_namespace(string pod, bool isGood) => Assert.Equal(isGood, CordonList.FindFault(pod) is null);

    private Task<EndpointSnapshot> PublishAsync(params int[] ordinals) =>
        _source.PublishAsync(_view, ordinals.Select(static i => TestPods.Endpoint(i)), cancellationToken: Token);

    private Task<EndpointSnapshot> UntilAsync(Func<EndpointSnapshot, bool> condition) =>
        PushableSource.WaitForAsync(_view, condition, Token);
}
