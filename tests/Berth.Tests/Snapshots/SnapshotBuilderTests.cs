using CsCheck;

namespace Berth.Tests.Snapshots;

public sealed class SnapshotBuilderTests
{
    private static readonly Gen<(int Kind, int Ordinal, bool Ready)> s_step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2000], Gen.Bool);

    [Fact]
    public void A_long_history_gives_what_a_sorted_dictionary_gives() => s_step.Array[0, 3000].Sample(
        steps =>
        {
            SnapshotBuilder builder = new(TestKit.TestPods.Target, TestKit.TestPods.Ports);
            SortedDictionary<int, PodEndpoint> model = [];
            foreach ((int kind, int ordinal, bool ready) in steps)
            {
                if (kind < 6)
                {
                    PodEndpoint endpoint = TestKit.TestPods.Endpoint(ordinal, ready: ready);
                    builder.Set(endpoint);
                    if (!endpoint.ContentEquals(model.GetValueOrDefault(ordinal)))
                        model[ordinal] = endpoint;
                }
                else if (kind < 9)
                {
                    builder.Remove($"service-b-{ordinal}");
                    model.Remove(ordinal);
                }
                else
                {
                    Check(builder.Build(), model);
                }
            }

            Check(builder.Build(), model);
        },
        iter: 60);

    [Fact]
    public void A_snapshot_never_changes_after_it_was_built()
    {
        SnapshotBuilder builder = new(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        for (int i = 0; i < 1000; i++)
            builder.Set(TestKit.TestPods.Endpoint(i));
        EndpointSnapshot before = builder.Build();
        string[] names = [.. before.Endpoints.Select(e => e.Name)];
        for (int i = 0; i < 1000; i += 2)
            builder.Remove($"service-b-{i}");
        EndpointSnapshot after = builder.Build();
        Assert.Equal(500, after.Endpoints.Count);
        Assert.Equal(names, before.Endpoints.Select(e => e.Name));
    }

    [Fact]
    public void One_change_among_100_000_copies_one_run_and_shares_the_others()
    {
        SnapshotBuilder builder = new(TestKit.TestPods.Target, PortScheme.Fixed(3000));
        for (int i = 0; i < 100_000; i++)
            builder.Set(TestKit.TestPods.Endpoint(i));
        EndpointSnapshot before = builder.Build();
        builder.Set(TestKit.TestPods.Endpoint(50_000, ready: false));
        EndpointSnapshot after = builder.Build();
        int shared = after.Endpoints.Chunks.ToArray().Intersect(before.Endpoints.Chunks.ToArray()).Count();
        Assert.Equal(before.Endpoints.Chunks.Length - 1, shared);
        Assert.InRange(before.Endpoints.Chunks.Length, 100_000 / 256, 100_000 / 256 * 2);
        Assert.Equal(99_999, after.Available.Count);
    }

    [Fact]
    public void Same_endpoint_again_changes_nothing()
    {
        SnapshotBuilder builder = new(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        Assert.True(builder.HasChanges);
        builder.Set(TestKit.TestPods.Endpoint(1));
        builder.Build();
        Assert.False(builder.HasChanges);
        builder.Set(TestKit.TestPods.Endpoint(1));
        builder.Remove("service-b-7");
        Assert.False(builder.HasChanges);
        builder.Set(TestKit.TestPods.Endpoint(1, uid: "another"));
        Assert.True(builder.HasChanges);
    }

    [Fact]
    public void A_pod_is_an_endpoint_or_left_out_never_both()
    {
        SnapshotBuilder builder = new(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        builder.Set(TestKit.TestPods.Endpoint(1));
        builder.LeaveOut(new LeftOutPod("service-b-1", LeftOutReason.PortOutOfRange, "too high"));
        EndpointSnapshot left = builder.Build();
        Assert.Empty(left.Endpoints);
        Assert.Equal("service-b-1", Assert.Single(left.LeftOut).Name);
        builder.Set(TestKit.TestPods.Endpoint(1));
        EndpointSnapshot back = builder.Build();
        Assert.Empty(back.LeftOut);
        Assert.Single(back.Endpoints);
        Assert.Single(left.LeftOut);
    }

    private static void Check(EndpointSnapshot snapshot, SortedDictionary<int, PodEndpoint> model)
    {
        Assert.Equal(model.Values, snapshot.Endpoints);
        Assert.Equal(model.Values.Where(e => e.Ready), snapshot.Available);
        Assert.Equal(model.Count, snapshot.Endpoints.Count);
        for (int i = 0; i < snapshot.Available.Count; i += 37)
            Assert.True(snapshot.Available[i].Ready);
        foreach (PodEndpoint endpoint in model.Values.Where((_, i) => i % 53 == 0))
        {
            Assert.Same(endpoint, snapshot.FindByOrdinal(endpoint.Ordinal!.Value));
            Assert.Same(endpoint, snapshot.FindByName(endpoint.Name));
        }

        Assert.Null(snapshot.FindByOrdinal(5000));
        Assert.Null(snapshot.FindByName("other-1"));
    }
}
