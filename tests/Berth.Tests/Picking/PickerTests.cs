using System.Runtime.CompilerServices;

namespace Berth.Tests.Picking;

public sealed class PickerTests
{
    [Fact]
    public void Random_reaches_every_available_endpoint_and_no_other()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(
            Enumerable.Range(0, 700).Select(i => TestKit.TestPods.Endpoint(i, ready: i % 2 == 0)));
        RandomPicker picker = new(new Random(1));
        HashSet<string> seen = [];
        for (int i = 0; i < 10_000; i++)
            seen.Add(picker.Pick(snapshot).Name);
        Assert.Equal(snapshot.Available.Select(e => e.Name).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Round_robin_takes_turns_across_threads()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(3);
        RoundRobinPicker picker = new();
        Assert.Equal(
            ["service-b-0", "service-b-1", "service-b-2", "service-b-0"], Enumerable.Range(0, 4).Select(_ => picker.Pick(snapshot).Name));
        int[] counts = new int[3];
        Parallel.For(0, 3000, _ => Interlocked.Increment(ref counts[picker.Pick(snapshot).Ordinal!.Value]));
        Assert.Equal([1000, 1000, 1000], counts);
    }

    [Fact]
    public void Ordinal_and_name_pickers_pick_the_pod_while_it_is_available()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false));
        Assert.Equal("service-b-0", new OrdinalPicker(0).Pick(snapshot).Name);
        Assert.False(new OrdinalPicker(1).TryPick(snapshot, out _));
        Assert.False(new OrdinalPicker(2).TryPick(snapshot, out _));
        Assert.Equal("service-b-0", new PodNamePicker("service-b-0").Pick(snapshot).Name);
        Assert.False(new PodNamePicker("service-b-1").TryPick(snapshot, out _));
    }

    [Fact]
    public void Sticky_moves_only_the_keys_of_the_pod_that_leaves_and_gives_them_back()
    {
        EndpointSnapshot all = TestKit.TestPods.Snapshot(10);
        EndpointSnapshot without = TestKit.TestPods.Snapshot(all.Endpoints.Where(e => e.Ordinal != 4));
        StickyPicker picker = new();
        int moved = 0;
        for (int i = 0; i < 10_000; i++)
        {
            string key = $"room-{i}";
            PodEndpoint before = picker.Pick(all, key);
            PodEndpoint after = picker.Pick(without, key);
            if (before.Ordinal == 4)
                moved++;
            else
                Assert.Same(before, after);
        }

        Assert.InRange(moved, 800, 1200);
    }

    [Fact]
    public void Sticky_spreads_keys_evenly()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(16);
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++)
            counts[new StickyPicker().Pick(snapshot, $"player{i}").Ordinal!.Value]++;
        Assert.All(counts, c => Assert.InRange(c, 850, 1150));
    }

    [Fact]
    public void Sticky_is_the_same_in_every_process_and_release()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(5);
        StickyPicker picker = new();
        // Fixed on purpose: dispatchers of two releases, side by side during an update, must agree.
        Assert.Equal(s_agreed, s_keys.Select(k => picker.Pick(snapshot, k).Ordinal!.Value));
    }

    private static readonly string[] s_keys = ["", "alice", "bob", "room-42", "日本"];
    private static readonly int[] s_agreed = [4, 3, 4, 2, 1];

    [Fact]
    public void Nothing_available_gives_null_or_a_sentence()
    {
        EndpointSnapshot none = TestKit.TestPods.Snapshot();
        foreach (IEndpointPicker picker in new IEndpointPicker[] { RandomPicker.Shared, new RoundRobinPicker(), new OrdinalPicker(0),
            new PodNamePicker("a-0"), new StickyPicker() })
            Assert.False(picker.TryPick(none, "key", out _));
        Assert.Contains("has no pods", Assert.Throws<NoEndpointException>(() => none.PickRandom()).Message, StringComparison.Ordinal);
        EndpointSnapshot unready = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0, ready: false));
        Assert.Contains(
            "k8s-example2/service-b has 1 pod, and none is ready: service-b-0 is not-ready",
            Assert.Throws<NoEndpointException>(() => unready.PickRandom()).Message,
            StringComparison.Ordinal);
        EndpointSnapshot leftOut = EndpointSnapshot.Create(
            TestKit.TestPods.Target, TestKit.TestPods.Ports, [], [new LeftOutPod("x", LeftOutReason.NoOrdinal, "'x' has no '-'")]);
        Assert.Contains(
            "'x' has no '-'", Assert.Throws<NoEndpointException>(() => leftOut.PickSticky("k")).Message, StringComparison.Ordinal);
        Assert.False(none.TryPickRandom(out _));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10_000)]
    public void Picking_allocates_nothing(int count)
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(count);
        IEndpointPicker[] pickers =
        [
            RandomPicker.Shared, new RoundRobinPicker(), new OrdinalPicker(count - 1), new PodNamePicker($"service-b-{count - 1}"),
            new StickyPicker()
        ];
        foreach (IEndpointPicker picker in pickers)
        {
            PickMany(picker, snapshot, 200);
            Assert.True(TestKit.Allocated.AtLeast(() => PickMany(picker, snapshot, 50)) == 0, $"{picker.GetType().Name} allocates.");
        }
    }

    [Theory]
    [InlineData("random", typeof(RandomPicker))]
    [InlineData("round-robin", typeof(RoundRobinPicker))]
    [InlineData("sticky", typeof(StickyPicker))]
    [InlineData("ordinal:2", typeof(OrdinalPicker))]
    [InlineData("pod:service-b-2", typeof(PodNamePicker))]
    public void Pickers_are_made_by_name(string name, Type type)
    {
        Assert.True(EndpointPickers.TryCreate(name, out IEndpointPicker? picker, out _));
        Assert.IsType(type, picker);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Random")]
    [InlineData("random:1")]
    [InlineData("ordinal:")]
    [InlineData("ordinal:-1")]
    [InlineData("ordinal:x")]
    [InlineData("pod:")]
    [InlineData("pod:A")]
    public void An_unknown_picker_is_a_sentence_with_the_known_ones(string name)
    {
        Assert.False(EndpointPickers.TryCreate(name, out _, out string? fault));
        Assert.Contains("round-robin", fault, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PickMany(IEndpointPicker picker, EndpointSnapshot snapshot, int times)
    {
        for (int i = 0; i < times; i++)
            picker.Pick(snapshot, "a key");
    }

    [Theory]
    [InlineData("ordinal:7")]
    [InlineData("pod:service-b-7")]
    public void Picker_that_finds_none_of_the_available_names_itself(string name)
    {
        Assert.True(EndpointPickers.TryCreate(name, out IEndpointPicker? picker, out _));
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(1);
        NoEndpointException exception = Assert.Throws<NoEndpointException>(() => picker.Pick(snapshot));
        Assert.Contains($"The picker {name} finds none of the 1 available", exception.Message, StringComparison.Ordinal);
        Assert.False(picker.TryPick(snapshot, out _));
    }

    [Theory]
    [InlineData("pod:service-b-1", ": service-b-1 is not-ready. ")]
    [InlineData("ordinal:1", ": service-b-1 is not-ready. ")]
    [InlineData("pod:service-b-2", ": service-b-2 cannot be dialled (its node has no address). ")]
    [InlineData("ordinal:2", ": service-b-2 cannot be dialled (its node has no address). ")]
    [InlineData("pod:service-b-7", ": there is no service-b-7. ")]
    [InlineData("ordinal:7", ": there is no pod with ordinal 7. ")]
    public void Why_a_named_pod_is_not_picked_is_reported(string name, string reason)
    {
        Assert.True(EndpointPickers.TryCreate(name, out IEndpointPicker? picker, out _));
        EndpointSnapshot snapshot = EndpointSnapshot.Create(
            TestKit.TestPods.Target, TestKit.TestPods.Ports, [TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false)],
            [new LeftOutPod("service-b-2", LeftOutReason.NoAddress, "its node has no address")]);
        NoEndpointException exception = Assert.Throws<NoEndpointException>(() => picker.Pick(snapshot));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sticky_pick_of_nothing_is_reported_without_an_exception()
    {
        EndpointSnapshot none = TestKit.TestPods.Snapshot(0);
        Assert.False(none.TryPickSticky("a", out PodEndpoint? endpoint));
        Assert.Null(endpoint);
    }
}
