using System.Runtime.CompilerServices;
using Berth.TestKit;

namespace Berth.Tests.Directory;

/// <summary>A target that is released leaves nothing behind, and can be followed again.</summary>
public sealed class ReleaseTests : IAsyncDisposable
{
    private static readonly ServiceTarget s_target = new("k8s-example2", "service-b");
    private static readonly PortScheme s_ports = PortScheme.PerOrdinal(3000);

    private readonly ScriptedSource _source = new();
    private readonly EndpointDirectory _directory;

    public ReleaseTests() => _directory = new EndpointDirectory(_source);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task Released_target_is_closed_and_its_waits_end()
    {
        EndpointView view = _directory.Follow(s_target, s_ports);
        _directory.Follow(s_target, PortScheme.Fixed(7000));
        Task<bool> change = view.WaitForChangeAsync(null, Cancellation);
        Assert.True(await _directory.ReleaseAsync(s_target));
        Assert.All(_source.Streams, static stream => Assert.True(stream.Disposed));
        Assert.False(await change);
        Assert.Empty(_directory.Views);
        Assert.False(await _directory.ReleaseAsync(s_target));
    }

    [Fact]
    public async Task Released_target_is_followed_from_the_start_when_asked_again()
    {
        _directory.Follow(s_target, s_ports);
        await _directory.ReleaseAsync(s_target);
        ValueTask<EndpointSnapshot> again = _directory.GetEndpointsAsync(s_target, s_ports, Cancellation);
        _source.Streams[1].Push(EndpointSnapshot.Create(s_target, s_ports, []));
        Assert.Equal(1, (await again).Version);
    }

    [Fact]
    public async Task Released_targets_are_not_kept_in_memory()
    {
        WeakReference[] views = new WeakReference[100];
        for (int i = 0; i < views.Length; i++)
            views[i] = await FollowAndReleaseAsync(new ServiceTarget("k8s-example2", $"room-{i}"));
        _source.Streams.Clear();
        // The last may still stand on the stacks of threads for a moment.
        await Wait.ForAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return views.Count(static view => view.IsAlive) <= 2;
            },
            Cancellation);
    }

    [Fact]
    public async Task Released_target_leaves_the_snapshot_file()
    {
        using TestFolder folder = new();
        string path = folder["snapshots"];
        ScriptedSource source = new();
        EndpointDirectoryOptions options = new() { SnapshotFile = path };
        await using (EndpointDirectory directory = new(source, options))
        {
            ValueTask<EndpointSnapshot> first = directory.GetEndpointsAsync(s_target, s_ports, Cancellation);
            source.Streams[0].Push(EndpointSnapshot.Create(s_target, s_ports, []));
            await first;
        }

        await using (EndpointDirectory directory = new(new ScriptedSource(), options))
        {
            Assert.NotNull(directory.Follow(s_target, s_ports).Current);
            await directory.ReleaseAsync(s_target);
            Assert.Null(directory.Follow(s_target, s_ports).Current);
        }
    }

    [Fact]
    public async Task Wait_for_change_completes_at_once_when_the_snapshot_was_not_seen()
    {
        EndpointView view = _directory.Follow(s_target, s_ports);
        _source.Streams[0].Push(EndpointSnapshot.Create(s_target, s_ports, []));
        Assert.True(await view.WaitForChangeAsync(null, Cancellation));
        EndpointSnapshot seen = view.Current!;
        Assert.True(await view.WaitForChangeAsync(null, Cancellation));
        Assert.False(view.WaitForChangeAsync(seen, Cancellation).IsCompleted);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> FollowAndReleaseAsync(ServiceTarget target)
    {
        WeakReference view = new(_directory.Follow(target, s_ports));
        await _directory.ReleaseAsync(target);
        return view;
    }
}
