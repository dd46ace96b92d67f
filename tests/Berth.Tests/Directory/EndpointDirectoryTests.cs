using Berth.TestKit;
using Microsoft.Extensions.Logging;

namespace Berth.Tests.Directory;

public sealed class EndpointDirectoryTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly ScriptedSource _source = new();
    private readonly RecordingLogger _log = new();
    private readonly EndpointDirectory _directory;

    public EndpointDirectoryTests() => _directory = new EndpointDirectory(
        _source,
        new EndpointDirectoryOptions { TimeProvider = _time, Backoff = new FixedBackoff(TimeSpan.FromSeconds(1)), LoggerFactory = _log });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ScriptedStream Stream => Assert.Single(_source.Streams);

    [Fact]
    public async Task The_first_call_waits_and_later_calls_are_memory_reads()
    {
        ValueTask<EndpointSnapshot> first = _directory.GetEndpointsAsync("k8s-example2", "service-b", portBase: 3000, Cancellation);
        Assert.False(first.IsCompleted);
        Stream.Push(TestKit.TestPods.Snapshot(3));
        EndpointSnapshot snapshot = await first;
        Assert.Equal((3, 1L), (snapshot.Endpoints.Count, snapshot.Version));
        Assert.Equal(_time.GetUtcNow(), snapshot.ObservedAt);

        ValueTask<EndpointSnapshot> second = _directory.GetEndpointsAsync("k8s-example2", "service-b", 3000, Cancellation);
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Same(snapshot, await second);
        Assert.Single(_source.Streams);
    }

    [Fact]
    public async Task A_read_after_the_first_allocates_nothing()
    {
        Stream0().Push(TestKit.TestPods.Snapshot(3));
        await _directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, Cancellation);
        Read(1000);
        Assert.Equal(0, TestKit.Allocated.AtLeast(() => Read(1000)));

        void Read(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask<EndpointSnapshot> read = _directory.GetEndpointsAsync("k8s-example2", "service-b", 3000, CancellationToken.None);
                if (!read.IsCompletedSuccessfully || read.Result.PickRandom().Port < 3000)
                    throw new InvalidOperationException("The read was not from memory.");
            }
        }
    }

    [Fact]
    public async Task An_error_never_shrinks_a_snapshot_and_recovery_is_by_itself()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        EndpointSnapshot content = TestKit.TestPods.Snapshot(3);
        Stream.Push(content);
        EndpointSnapshot live = await NextAsync(view, s => s is not null);

        _time.Advance(TimeSpan.FromMinutes(1));
        Stream.Fail(new EndpointSourceException("The API server is away."));
        EndpointSnapshot stale = await NextAsync(view, s => s!.IsStale);
        Assert.Equal((3, live.Version), (stale.Endpoints.Count, stale.Version));
        Assert.Equal((_time.GetUtcNow(), "The API server is away."), (stale.StaleSince, stale.StaleReason));
        Assert.Equal(TimeSpan.FromMinutes(1), view.Age);
        Assert.NotNull(view.Failure);

        // The second attempt fails as well: still stale since the first, and nothing more is logged.
        Stream.Fail(new EndpointSourceException("Still away."));
        await BackedOffAsync();
        await Wait.ForAsync(() => view.FailureCount == 2, Cancellation);
        Assert.Equal(stale.StaleSince, view.Current!.StaleSince);

        // The source confirms what it had: live again, the same version.
        Stream.Push(content);
        await BackedOffAsync();
        await Wait.ForAsync(() => view.Current is { IsStale: false }, Cancellation);
        Assert.Equal(live.Version, view.Current!.Version);
        Assert.Null(view.Failure);
        Assert.Equal(TimeSpan.Zero, view.Age);
        await Wait.ForAsync(() => _log.Entries.Count >= 2, Cancellation);
        Assert.Equal([(LogLevel.Warning, 100), (LogLevel.Information, 101)], _log.Entries.Select(e => (e.Level, e.Id)));
    }

    [Fact]
    public async Task A_confirmation_renews_the_age_and_publishes_nothing()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        EndpointSnapshot content = TestKit.TestPods.Snapshot(3);
        Stream.Push(content);
        EndpointSnapshot published = await NextAsync(view, s => s is not null);
        Task<bool> change = view.WaitForChangeAsync(view.Current, Cancellation);
        await Stream.ReadAgainAsync();
        await Stream.ReadAgainAsync();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.FromMinutes(5), view.Age);
        Stream.Push(content);
        await Stream.ReadAgainAsync();
        Assert.Equal(TimeSpan.Zero, view.Age);
        Assert.False(change.IsCompleted);
        Assert.Same(published, view.Current);
    }

    [Fact]
    public async Task An_authoritative_empty_set_is_published()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        Stream.Push(TestKit.TestPods.Snapshot(3));
        Stream.Push(TestKit.TestPods.Snapshot());
        EndpointSnapshot empty = await NextAsync(view, s => s is { Version: 2 });
        Assert.Empty(empty.Endpoints);
        Assert.False(empty.IsStale);
    }

    [Fact]
    public async Task Slow_reader_sees_only_the_latest_snapshot()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        await using IAsyncEnumerator<EndpointSnapshot> reader = view.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Stream.Push(TestKit.TestPods.Snapshot(1));
        Assert.True(await reader.MoveNextAsync());
        for (int i = 2; i <= 100; i++)
            Stream.Push(TestKit.TestPods.Snapshot(i));
        await NextAsync(view, s => s is { Version: 100 });
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((100L, 100), (reader.Current.Version, reader.Current.Endpoints.Count));
    }

    [Fact]
    public async Task First_snapshot_that_is_late_throws_with_the_reason()
    {
        Task<EndpointSnapshot> first = _directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, Cancellation).AsTask();
        Stream.Fail(new EndpointSourceException("The connection to 127.0.0.1:1 was refused."));
        await NextFailureAsync(_directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports));
        await AdvanceUntilAsync(() => first.IsCompleted);
        EndpointSourceException thrown = await Assert.ThrowsAsync<EndpointSourceException>(() => first);
        Assert.Contains("k8s-example2/service-b", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1 was refused", thrown.Message, StringComparison.Ordinal);

        // The target is still followed: when the source comes back, so does the next call.
        Stream.Push(TestKit.TestPods.Snapshot(2));
        await AdvanceUntilAsync(() => _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Current is not null);
    }

    [Fact]
    public async Task The_caller_can_end_its_wait()
    {
        using CancellationTokenSource cancel = new();
        Task<EndpointSnapshot> first = _directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Longer_wait_of_the_source_has_precedence()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        await Stream.ReadAgainAsync();
        Stream.Fail(new EndpointSourceException("Too many requests.") { RetryAfter = TimeSpan.FromMinutes(2) });
        await NextFailureAsync(view);
        Task again = Stream.ReadAgainAsync();
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(again.IsCompleted);
        await AdvanceUntilAsync(() => again.IsCompleted);
    }

    [Fact]
    public async Task Very_long_wait_of_a_source_is_capped()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        await Stream.ReadAgainAsync();
        Stream.Fail(new EndpointSourceException("Come back in a hundred years.") { RetryAfter = TimeSpan.MaxValue });
        await NextFailureAsync(view);
        Task again = Stream.ReadAgainAsync();
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromMinutes(5), Cancellation);
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.False(again.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await again.WaitAsync(Wait.Limit, Cancellation);
    }

    [Fact]
    public async Task Unexpected_exception_is_a_failure_and_ends_nothing()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        Stream.Push(TestKit.TestPods.Snapshot(3));
        Stream.Fail(new InvalidOperationException("A bug."));
        EndpointSnapshot stale = await NextAsync(view, s => s is { IsStale: true });
        Assert.Contains("InvalidOperationException: A bug.", stale.StaleReason, StringComparison.Ordinal);
        Stream.Push(TestKit.TestPods.Snapshot(4));
        await AdvanceUntilAsync(() => view.Current is { IsStale: false, Endpoints.Count: 4 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(25 * 24 * 3600)]
    public void FirstSnapshotTimeout_outside_its_range_is_refused(int seconds) => Assert.Throws<ArgumentException>(
        () => new EndpointDirectory(_source, new EndpointDirectoryOptions { FirstSnapshotTimeout = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public async Task Stale_snapshot_of_a_source_is_published_and_confirms_nothing()
    {
        EndpointView view = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        EndpointSnapshot content = TestKit.TestPods.Snapshot(3);
        Stream.Push(content);
        await NextAsync(view, s => s is not null);
        _time.Advance(TimeSpan.FromMinutes(1));
        Stream.Push(content.AsStale(_time.GetUtcNow(), "Nodes are away."));
        EndpointSnapshot stale = await NextAsync(view, s => s!.IsStale);
        Assert.Equal((1L, "Nodes are away.", TimeSpan.FromMinutes(1)), (stale.Version, stale.StaleReason, view.Age));
        Assert.Equal("Nodes are away.", view.Failure!.Message);

        // New content while a part of it cannot be confirmed, and then all of it again.
        EndpointSnapshot more = TestKit.TestPods.Snapshot(4);
        Stream.Push(more.AsStale(_time.GetUtcNow(), "Nodes are away."));
        Assert.True((await NextAsync(view, s => s!.Endpoints.Count == 4)).IsStale);
        Stream.Push(more);
        EndpointSnapshot live = await NextAsync(view, s => !s!.IsStale);
        Assert.Equal((2L, 4), (live.Version, live.Endpoints.Count));
        Assert.Null(view.Failure);
        Assert.Equal(TimeSpan.Zero, view.Age);
    }

    [Fact]
    public async Task Two_port_schemes_are_two_views_and_a_second_first_call_opens_nothing()
    {
        EndpointView[] views = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(
                _ => Task.Run(() => _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports), Cancellation)));
        Assert.Single(views.Distinct());
        Assert.NotSame(views[0], _directory.Follow(TestKit.TestPods.Target, PortScheme.Fixed(3000)));
        Assert.Equal(2, _source.Streams.Count);
    }

    [Fact]
    public async Task Disposal_is_prompt_in_any_state_and_ends_every_reader()
    {
        EndpointView waiting = _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        EndpointView backingOff = _directory.Follow(new ServiceTarget("n", "s"), TestKit.TestPods.Ports);
        _source.Streams[1].Fail(new EndpointSourceException("Away."));
        await NextFailureAsync(backingOff);
        Task<bool> change = waiting.WaitForChangeAsync(waiting.Current, Cancellation);
        await _directory.DisposeAsync();
        Assert.False(await change);
        Assert.True(_source.Disposed);
        Assert.All(_source.Streams, s => Assert.True(s.Disposed));
        ObjectDisposedException late = Assert.Throws<ObjectDisposedException>(
            () => _directory.Follow(new ServiceTarget("n", "other"), TestKit.TestPods.Ports));
        Assert.StartsWith("n/other cannot be followed: the EndpointDirectory is disposed.", late.Message, StringComparison.Ordinal);
        late = await Assert.ThrowsAsync<ObjectDisposedException>(() => _directory.ReleaseAsync(new ServiceTarget("n", "s")).AsTask());
        Assert.StartsWith("n/s cannot be released: the EndpointDirectory is disposed.", late.Message, StringComparison.Ordinal);
        late = await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.GetEndpointsAsync(Cancellation).AsTask());
        Assert.StartsWith("k8s-example2/service-b has no endpoints and gets none: ", late.Message, StringComparison.Ordinal);
        await _directory.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_breaks_while_it_is_cancelled_does_not_break_the_disposal()
    {
        _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        _directory.Follow(new ServiceTarget("n", "s"), TestKit.TestPods.Ports);
        foreach (ScriptedStream stream in _source.Streams)
        {
            stream.CancellationFault = new IOException("The connection was torn down.");
            await stream.ReadAgainAsync();
        }

        await _directory.DisposeAsync();
        Assert.True(_source.Disposed);
        Assert.All(_source.Streams, s => Assert.True(s.Disposed));
    }

    [Fact]
    public async Task A_jump_of_the_wall_clock_neither_ages_nor_renews()
    {
        TestClock clock = new();
        ScriptedSource source = new();
        await using EndpointDirectory directory = new(source, new EndpointDirectoryOptions { TimeProvider = clock });
        EndpointView view = directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        source.Streams[0].Push(TestKit.TestPods.Snapshot(3));
        await NextAsync(view, s => s is not null);
        clock.Advance(TimeSpan.FromSeconds(3));
        clock.WallClockShift = TimeSpan.FromDays(365);
        Assert.Equal(TimeSpan.FromSeconds(3), view.Age);
        clock.WallClockShift = TimeSpan.FromDays(-3285);
        Assert.Equal(TimeSpan.FromSeconds(3), view.Age);
    }

    public async ValueTask DisposeAsync() => await _directory.DisposeAsync();

    private ScriptedStream Stream0()
    {
        _directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        return Stream;
    }

    private static async Task<EndpointSnapshot> NextAsync(EndpointView view, Func<EndpointSnapshot?, bool> wanted)
    {
        await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(Cancellation))
        {
            if (wanted(snapshot))
                return snapshot;
        }

        throw new InvalidOperationException("The view ended.");
    }

    private static async Task NextFailureAsync(EndpointView view)
    {
        while (true)
        {
            Task<bool> change = view.WaitForChangeAsync(view.Current, Cancellation);
            if (view.Failure is not null)
                return;
            await change;
        }
    }

    /// <summary>Ends the wait after a failure, once it is set.</summary>
    private async Task BackedOffAsync()
    {
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(1), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Moves the clock on until the condition holds: a loop may set its timer at any moment.</summary>
    private Task AdvanceUntilAsync(Func<bool> condition) =>
        Wait.ForAsync(condition, () => _time.Advance(TimeSpan.FromSeconds(1)), Cancellation);

    private sealed class FixedBackoff(TimeSpan delay) : IBackoffPolicy
    {
        public TimeSpan NextDelay(int failures) => delay;
    }
}
