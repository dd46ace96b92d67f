namespace Berth.Tests.Picking;

public sealed class FreeSeatPickerTests
{
    [Fact]
    public void Pods_are_picked_in_proportion_to_their_free_seats()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(4);
        int?[] free = [30, 10, 0, null];
        FreeSeatPicker picker = Create(free);
        int[] counts = new int[4];
        for (int i = 0; i < 10_000; i++)
            counts[picker.Pick(snapshot).Ordinal!.Value]++;
        Assert.InRange(counts[0], 7_200, 7_800);
        Assert.Equal((10_000 - counts[0], 0, 0), (counts[1], counts[2], counts[3]));
    }

    [Fact]
    public void Pod_without_a_known_number_is_the_last_resort()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(4);
        int?[] free = [0, null, 0, null];
        FreeSeatPicker picker = Create(free);
        HashSet<int> seen = [];
        for (int i = 0; i < 100; i++)
            seen.Add(picker.Pick(snapshot).Ordinal!.Value);
        Assert.Equal([1, 3], seen.Order());
        Assert.Contains(picker.Pick(snapshot, "room-7").Ordinal!.Value, new[] { 1, 3 });
        free[2] = 1;
        Assert.Equal((2, 2), (picker.Pick(snapshot).Ordinal!.Value, picker.Pick(snapshot, "room-7").Ordinal!.Value));
    }

    [Fact]
    public void Key_has_the_pod_of_the_sticky_picker_while_that_has_room()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(5);
        int?[] free = [1, 1, 1, 1, 1];
        FreeSeatPicker picker = Create(free);
        for (int i = 0; i < 100; i++)
            Assert.Same(new StickyPicker().Pick(snapshot, $"room-{i}"), picker.Pick(snapshot, $"room-{i}"));
        PodEndpoint first = picker.Pick(snapshot, "room-7");
        free[first.Ordinal!.Value] = 0;
        EndpointSnapshot others = TestKit.TestPods.Snapshot(snapshot.Endpoints.Where(e => e != first));
        Assert.Equal(new StickyPicker().Pick(others, "room-7").Name, picker.Pick(snapshot, "room-7").Name);
    }

    [Fact]
    public void Full_pods_are_never_picked_and_the_message_says_so()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false));
        FreeSeatPicker picker = Create([0, 5]);
        Assert.False(picker.TryPick(snapshot, out _));
        Assert.False(picker.TryPick(snapshot, "room-7", out _));
        NoEndpointException exception = Assert.Throws<NoEndpointException>(() => picker.Pick(snapshot));
        Assert.Contains("None of the 1 available pods of", exception.Message, StringComparison.Ordinal);
        Assert.Contains("has a free seat", exception.Message, StringComparison.Ordinal);
    }

    private static FreeSeatPicker Create(int?[] free) => new(endpoint => free[endpoint.Ordinal!.Value], new Random(1));
}
