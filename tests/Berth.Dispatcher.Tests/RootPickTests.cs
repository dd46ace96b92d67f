using Berth.Dispatcher.Routes;
using Berth.Dispatcher.State;

namespace Berth.Dispatcher.Tests;

public sealed class RootPickTests
{
    [Fact]
    public async Task Pick_and_its_bytes_allocate_nothing()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        EndpointSnapshot snapshot = await fixture.PublishAsync([.. Enumerable.Range(0, 1000).Select(static i => DispatcherFixture.Pod(i))]);
        using DispatcherState state = new(fixture.Directory, fixture.Options, fixture.Time);
        RootAnswer root = new(state);
        for (int i = 0; i < 2000; i++)
            root.Pick(snapshot, "");

        int bytes = 0;
        long allocated = TestKit.Allocated.AtLeast(() =>
        {
            bytes = 0;
            for (int i = 0; i < 10_000; i++)
                bytes += root.Pick(snapshot, "")!.AuthorityUtf8.Length;
        });

        Assert.Equal(0, allocated);
        Assert.Equal(10_000 * 15, bytes);
    }
}
