using Berth.Dispatcher.Watching;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

public sealed class WatchSignalTests
{
    [Fact]
    public async Task Signal_before_a_wait_ends_it_once()
    {
        Signal signal = new();
        signal.Wake();
        signal.Wake();
        Assert.True(signal.NextAsync().IsCompleted);

        Task next = signal.NextAsync();
        Assert.False(next.IsCompleted);
        signal.Wake();
        await next.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
    }

    [Fact]
    public async Task Signals_from_any_thread_are_not_lost()
    {
        const int Tellers = 3;
        const int News = 30_000;
        Signal signal = new();
        int[] told = new int[Tellers];
        Task[] tellers = [.. Enumerable.Range(0, Tellers).Select(teller => Task.Run(() =>
        {
            for (int i = 1; i <= News; i++)
            {
                Volatile.Write(ref told[teller], i);
                signal.Wake();
            }
        }))];

        // Were one lost, the last of all would not be seen: the wait for it would not end.
        long waits = 0;
        while (Enumerable.Range(0, Tellers).Any(teller => Volatile.Read(ref told[teller]) < News))
        {
            await signal.NextAsync().WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            waits++;
        }

        await Task.WhenAll(tellers);
        // News that come together end one wait. Where all came before the first, there was nothing to wait for.
        Assert.InRange(waits, 0, (long)Tellers * News);
    }

    private sealed class Signal : WatchSignal
    {
        public async Task NextAsync() => await WaitAsync();
    }
}
