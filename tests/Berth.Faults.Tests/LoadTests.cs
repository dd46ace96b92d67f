using System.Globalization;
using Berth.TestKit.Invariants;

namespace Berth.Faults;

/// <summary>
/// Faults 50 and 51: many events at once, and consumers that are too slow. No other test runs at the same time, because these read the
/// process's memory.
/// </summary>
[Collection(nameof(LoadTests))]
public class LoadTests : FaultTest
{
    private const int Large = 10_000_000;
    private const int Piece = 64 * 1024;

    [Fact]
    public async Task F50_changed_slice_of_a_thousand_costs_only_itself()
    {
        const int Count = 1000;
        const int Each = 10;
        string slice(int s, string version, int ready = Each) =>
            Json.Slice($"s{s}", version, [.. Enumerable.Range(0, Each).Select(i => Pod((s * Each) + i, i < ready))]);
        await BuildAsync(null);
        Observer.Allow(static s => s.Endpoints.Count == Count * Each && s.Available.Count >= (Count * Each) - 1);
        Rig.Follow();
        string[] slices = [.. Enumerable.Range(0, Count).Select(s => slice(s, "90"))];
        ScriptedExchange page = await Api.NextAsync(Token);
        await page.AnswerAsync(200, Json.ListWith("100", "page-2", slices[..500]));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", slices[500..]));
        EndpointSnapshot before = await Rig.UntilAsync(static v => v.Current!.Endpoints.Count == Count * Each);
        await watch.SendEventAsync("MODIFIED", slice(517, "101", Each - 1));
        EndpointSnapshot after = await Rig.UntilAsync(static v => v.Current!.Version == 2);

        Assert.Single(after.Endpoints.Where((e, i) => !ReferenceEquals(e, before.Endpoints[i])));
        Assert.Equal(PodState.NotReady, after.FindByOrdinal((517 * Each) + Each - 1)!.State);
    }

    [Fact]
    public async Task F50_slice_of_a_thousand_endpoints_replaces_only_the_changed_one()
    {
        string slice(string version, int unready) =>
            Json.Slice("s", version, [.. Enumerable.Range(0, 1000).Select(i => Pod(i, i != unready))]);
        await BuildAsync(null);
        Observer.Allow(static s => s.Endpoints.Count == 1000 && s.Available.Count >= 999);
        Rig.Follow();
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", slice("90", -1)));
        EndpointSnapshot before = await UntilLiveAsync();
        await watch.SendEventAsync("MODIFIED", slice("101", 321));
        EndpointSnapshot after = await Rig.UntilAsync(static v => v.Current!.Version == 2);

        PodChange change = Assert.Single(after.CompareWith(before));
        Assert.Equal(("b-321", PodChangeKind.NotReady), (change.Name, change.Kind));
        Assert.Equal(999, after.Endpoints.Where((e, i) => ReferenceEquals(e, before.Endpoints[i])).Count());
    }

    [Fact]
    public async Task F50_events_of_10_MB_leave_no_memory_behind()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        int version = 100;
        long after = 0;
        const int Warm = 3;
        const int Rounds = 12;
        for (int round = 0; round < Rounds; round++)
        {
            int pods = 1 + (round % 2);
            await SendLargeAsync(watch, Slices.Of(pods, $"{++version}"), Large);
            await UntilAsync(Slices.State(pods));
            if (round == Warm)
                after = await ReadMemoryAsync();
        }

        // The memory of one event stays in pools; eight more events must not add to it. What would add to it stays at each look.
        await Wait.UntilAsync(
            async () => await ReadMemoryAsync() - after, static grown => grown < Large, Wait.Limit,
            $"less than {Large:N0} bytes more after {Rounds - Warm - 1} further events", Token);
        Assert.Empty(Rig.RestartCauses);
    }

    [Fact]
    public async Task F50_a_list_with_an_object_of_10_MB_is_read()
    {
        await StartAsync(Slices.State(2));
        ScriptedExchange list = await Api.NextAsync(Token);
        Assert.Equal(IsInProtobuf, list.AnswersProtobuf);
        string whole = Json.List("100", "SLICE", Json.Slice("t", "91", Slices.Pod(1)));
        int at = whole.IndexOf("SLICE", StringComparison.Ordinal);
        if (IsInProtobuf)
        {
            await list.AnswerAsync(200, whole.Replace("SLICE", LargeObject(Slices.Of(1, "90"), Large), StringComparison.Ordinal));
        }
        else
        {
            await list.StartAsync();
            await list.SendAsync(whole[..at]);
            await SendLargeObjectAsync(list, Slices.Of(1, "90"), Large);
            await list.SendAsync(whole[(at + "SLICE".Length)..]);
            list.End();
        }

        await UntilAsync(Slices.State(2));
        Assert.Empty(Observer.Failures);
        await WatchAsync("100");
    }

    [Fact]
    public async Task F50_an_event_beyond_the_bound_is_an_error_and_a_list_helps()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        // The client ends the connection in the middle of it.
        Task sending = SendLargeAsync(watch, Slices.Of(2, "101"), 20_000_000);
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Contains("longer than 16 MiB", stale.StaleReason, StringComparison.Ordinal);
        await watch.ClientGone.WaitAsync(Wait.Limit, Token);
        await Task.WhenAny(sending);
        ScriptedExchange again = await WatchAsync("100");
        await again.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Slices.List(2, "200"));
        await UntilAsync(Slices.State(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F51_consumer_that_never_reads_delays_no_other_and_gets_the_latest(bool blocksItsThread)
    {
        const int Events = 400;
        await BuildAsync(null);
        Observer.Allow(static s => s.Endpoints.Count is 0 or 1 && s.LeftOut.Count == 0);
        Rig.Follow();
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice("s", "100")));
        EndpointSnapshot first = await UntilAsync(Slices.State(0));
        using ManualResetEventSlim gate = new();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<EndpointSnapshot> seen = [];
        Task consumer = Task.Run(async () =>
        {
            await foreach (EndpointSnapshot snapshot in Rig.View!.ReadAllAsync(Token))
            {
                seen.Add(snapshot);
                if (snapshot.Endpoints is [{ Ordinal: Events }])
                    return;
                if (blocksItsThread)
                    gate.Wait(Token);
                else
                    await release.Task;
            }
        });
        await Wait.ForAsync(() => seen.Count == 1, Token);
        for (int i = 1; i <= Events; i++)
            await watch.SendEventAsync("MODIFIED", Json.Slice("s", $"{100 + i}", Pod(i)));
        // All of it arrived without a reader.
        await UntilAsync($"b-{Events}");
        gate.Set();
        release.SetResult();
        await consumer.WaitAsync(Wait.Limit, Token);

        Assert.Equal([SnapshotText.Of(first), $"b-{Events}"], seen.Select(SnapshotText.Of));
        Assert.Empty(Rig.RestartCauses);
    }

    /// <summary>
    /// Returns the memory in use: the least of several looks. When the client is faster than the test, the test goes on above the stack of
    /// its last write, and that holds the event. And the client gives up its buffer a moment after it has shown the event.
    /// </summary>
    private static async Task<long> ReadMemoryAsync()
    {
        const int Looks = 3;
        long least = long.MaxValue;
        for (int look = 0; look < Looks; look++)
        {
            // A new stack.
            await Task.Yield();
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }

    private static string Pod(int ordinal, bool ready = true) =>
        Json.Pod(
            $"b-{ordinal}", string.Create(CultureInfo.InvariantCulture, $"10.{1 + (ordinal >> 16)}.{ordinal >> 8 & 255}.{ordinal & 255}"),
            $"uid-{ordinal}", ready: ready);

    /// <summary>An event with a long annotation, sent in pieces, so that it is the client that must put up with its length.</summary>
    private static async Task SendLargeAsync(ScriptedExchange watch, string slice, int length)
    {
        if (watch.AnswersProtobuf)
        {
            byte[] bytes = watch.Event("MODIFIED", LargeObject(slice, length));
            for (int sent = 0; sent < bytes.Length && !watch.ClientGone.IsCompleted; sent += Piece)
                await watch.SendAsync(bytes.AsMemory(sent, Math.Min(Piece, bytes.Length - sent)));
            // The memory of the test must not count.
            bytes = [];
            return;
        }

        await watch.SendAsync("{\"type\":\"MODIFIED\",\"object\":");
        await SendLargeObjectAsync(watch, slice, length);
        await watch.SendAsync("}\n");
    }

    private static async Task SendLargeObjectAsync(ScriptedExchange exchange, string slice, int length)
    {
        int at = slice.IndexOf("\"namespace\"", StringComparison.Ordinal);
        await exchange.SendAsync(slice[..at] + "\"annotations\":{\"long\":\"");
        byte[] piece = new byte[Piece];
        Array.Fill(piece, (byte)'x');
        for (int sent = 0; sent < length && !exchange.ClientGone.IsCompleted; sent += piece.Length)
            await exchange.SendAsync(piece);
        await exchange.SendAsync("\"}," + slice[at..]);
    }

    /// <summary>An object with a long annotation, for a server that writes it in protobuf: there a number stands for its length.</summary>
    private static string LargeObject(string slice, int length)
    {
        int at = slice.IndexOf("\"namespace\"", StringComparison.Ordinal);
        return $"{slice[..at]}\"annotations\":{{\"long\":{length}}},{slice[at..]}";
    }

    /// <summary>Runs when nothing else does.</summary>
    [CollectionDefinition(nameof(LoadTests), DisableParallelization = true)]
    public sealed class Alone;
}
