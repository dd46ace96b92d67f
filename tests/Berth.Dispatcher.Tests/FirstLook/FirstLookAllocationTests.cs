using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>
/// Runs alone: a file that another test opens makes the numbers of sockets larger, and so the memory for those that wait. And a collection
/// changes how the runtime counts.
/// </summary>
[Collection("Alone")]
public sealed class FirstLookAllocationTests
{
    private const int MaxWindows = 20;
    private const int Connections = 100;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answered_connection_allocates_nothing()
    {
        await using FirstLookFixture fixture = new();
        // The first ones may be compiled again in between.
        await AskAsync(fixture);

        // The bytes that the thread has allocated, read in each answer. The runtime itself may allocate in one window, and not in each.
        long least = long.MaxValue;
        int windows = 0;
        while (least > 0 && windows++ < MaxWindows)
        {
            int collections = GC.CollectionCount(0);
            long before = fixture.Answers.Allocated[^1];
            await AskAsync(fixture);
            IReadOnlyList<long> allocated = fixture.Answers.Allocated;
            Assert.Equal(Connections + (Connections * windows), allocated.Count);
            if (GC.CollectionCount(0) == collections)
                least = Math.Min(least, allocated[^1] - before);
        }

        Assert.Equal(0, least);
    }

    private static async Task AskAsync(FirstLookFixture fixture)
    {
        byte[] buffer = new byte[1024];
        for (int i = 0; i < Connections; i++)
        {
            using Socket client = await fixture.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(FixedAnswers.Last), Cancelled);
            while (await client.ReceiveAsync(buffer, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled) > 0)
            {
            }
        }
    }
}
