using Berth.Signals;

namespace Berth.Tests.Signals;

public sealed class LatestTests
{
    [Fact]
    public async Task Waiter_that_is_woken_finds_the_new_value()
    {
        Latest<string> latest = new("a");
        Task<bool> change = latest.WaitAsync("a");
        Assert.False(change.IsCompleted);
        latest.Swap("b");

        Assert.True(await change);
        Assert.Equal("b", latest.Value);
    }

    [Fact]
    public async Task Waiter_that_missed_a_swap_does_not_wait()
    {
        Latest<string> latest = new("a");
        latest.Swap("b");

        Assert.True(await latest.WaitAsync("a"));
    }

    [Fact]
    public async Task End_after_an_unseen_swap_tells_of_the_swap_first()
    {
        Latest<string> latest = new("a");
        latest.Swap("b");
        latest.End();

        Assert.True(await latest.WaitAsync("a"));
        Assert.False(await latest.WaitAsync("b"));
    }

    [Fact]
    public async Task End_wakes_a_waiter_and_every_later_one()
    {
        Latest<string> latest = new("a");
        Task<bool> change = latest.WaitAsync("a");
        Assert.Same(change, latest.WaitAsync("a"));
        latest.End();

        Assert.False(await change.WaitAsync(TestKit.Wait.Limit, TestContext.Current.CancellationToken));
        Assert.False(await latest.WaitAsync("a").WaitAsync(TestKit.Wait.Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Hook_is_called_after_the_swap()
    {
        Latest<string>? latest = null;
        string? found = null;
        latest = new Latest<string>("a", () => found = latest!.Value);
        latest.Swap("b");

        Assert.Equal("b", found);
    }
}
