using Berth.Sources;
using Berth.TestKit;

namespace Berth.Tests.Directory;

public sealed class LastResortTests : IAsyncDisposable
{
    private readonly ScriptedSource _source = new();
    private readonly CordonSource _cordons;
    private readonly EndpointDirectory _directory;

    public LastResortTests()
    {
        TestClock time = new();
        _cordons = new CordonSource(_source, time);
        _directory = new EndpointDirectory(_cordons, new EndpointDirectoryOptions { TimeProvider = time, LastResort = true });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_picker_finds_a_pod_while_none_is_ready()
    {
        EndpointSnapshot snapshot = await ReadAsync(
            TestPods.Endpoint(0, ready: false), TestPods.Endpoint(1, ready: false), TestPods.Endpoint(2, terminating: true));
        Assert.Equal("service-b-1", NameFrom(new OrdinalPicker(1), snapshot));
        Assert.Equal("service-b-0", NameFrom(new PodNamePicker("service-b-0"), snapshot));
        Assert.Contains(NameFrom(RandomPicker.Shared, snapshot), new[] { "service-b-0", "service-b-1" });
        // One that terminates is not handed out, even by its ordinal.
        Assert.Null(NameFrom(new OrdinalPicker(2), snapshot));
        Assert.Contains("2 pods", Assert.Single(snapshot.Warnings).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warning_of_a_followed_dispatcher_is_said_once()
    {
        EndpointWarning theirs = new(EndpointWarningKind.NoneReady, "Theirs.");
        SnapshotBuilder builder = new(TestPods.Target, TestPods.Ports) { Warnings = [theirs] };
        builder.Set(TestPods.Endpoint(0, ready: false));
        ValueTask<EndpointSnapshot> first = _directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, Cancellation);
        Assert.Single(_source.Streams).Push(builder.Build());
        Assert.NotEqual(theirs, Assert.Single((await first).Warnings));
    }

    [Fact]
    public async Task Snapshot_whose_warning_a_broken_logger_refuses_is_published()
    {
        ThrowingLogger broken = new();
        ScriptedSource source = new();
        await using EndpointDirectory directory = new(
            source, new EndpointDirectoryOptions { TimeProvider = new TestClock(), LastResort = true, LoggerFactory = broken });
        ValueTask<EndpointSnapshot> first = directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, Cancellation);
        Assert.Single(source.Streams).Push(TestPods.Snapshot(TestPods.Endpoint(0, ready: false)));
        Assert.Single((await first.AsTask().WaitAsync(Wait.Limit, Cancellation)).Warnings);
        EndpointView view = directory.Follow(TestPods.Target, TestPods.Ports);
        Assert.Equal((0, null), (view.FailureCount, view.Failure));

        // The warning is over, which is logged too.
        source.Streams[0].Push(TestPods.Snapshot(TestPods.Endpoint(0)));
        EndpointSnapshot later = await PushableSource.WaitForAsync(view, static s => s.Warnings.Count == 0, Cancellation);
        Assert.Equal((2, 0), (later.Version, view.FailureCount));
        source.Streams[0].Push(TestPods.Snapshot(TestPods.Endpoint(1)));
        await PushableSource.WaitForAsync(view, static s => s.Version == 3, Cancellation);
        Assert.Equal((0, 2), (view.FailureCount, broken.Calls));
    }

    [Fact]
    public async Task Snapshot_of_a_file_has_a_last_resort_too()
    {
        using TestFolder folder = new();
        EndpointDirectoryOptions options = new() { LastResort = true, SnapshotFile = folder["snapshots"] };
        ScriptedSource before = new();
        await using (EndpointDirectory directory = new(before, options))
        {
            ValueTask<EndpointSnapshot> read = directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, Cancellation);
            Assert.Single(before.Streams).Push(TestPods.Snapshot(TestPods.Endpoint(0, ready: false)));
            await read;
        }

        await using EndpointDirectory restarted = new(new ScriptedSource(), options);
        EndpointSnapshot restored = restarted.Follow(TestPods.Target, TestPods.Ports).Current!;
        Assert.Equal("service-b-0", Assert.Single(restored.Available).Name);
        Assert.True(restored.IsStale);
    }

    [Fact]
    public async Task A_cordoned_pod_is_no_last_resort()
    {
        _cordons.Set(new CordonList([$"{TestPods.Target.Namespace}/service-b-0"]));
        EndpointSnapshot snapshot = await ReadAsync(TestPods.Endpoint(0, ready: false), TestPods.Endpoint(1, ready: false));
        Assert.Equal("service-b-1", Assert.Single(snapshot.Available).Name);
    }

    [Fact]
    public async Task A_ready_pod_or_a_cordoned_one_alone_changes_nothing()
    {
        EndpointSnapshot ready = await ReadAsync(TestPods.Endpoint(0, ready: false), TestPods.Endpoint(1));
        Assert.Equal("service-b-1", Assert.Single(ready.Available).Name);
        Assert.Empty(ready.Warnings);

        EndpointView view = _directory.Follow(TestPods.Target, TestPods.Ports);
        Assert.Single(_source.Streams).Push(TestPods.Snapshot(TestPods.Endpoint(0, terminating: true)));
        await view.WaitForChangeAsync(ready, Cancellation);
        Assert.Empty(view.Current!.Available);
        Assert.Contains("none is ready", view.Current.UnavailableReason, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        await _cordons.DisposeAsync();
    }

    private static string? NameFrom(IEndpointPicker picker, EndpointSnapshot snapshot) =>
        picker.TryPick(snapshot, out PodEndpoint? picked) ? picked.Name : null;

    private async Task<EndpointSnapshot> ReadAsync(params PodEndpoint[] pods)
    {
        ValueTask<EndpointSnapshot> first = _directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, Cancellation);
        Assert.Single(_source.Streams).Push(TestPods.Snapshot(pods));
        return await first;
    }
}
