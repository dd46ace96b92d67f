using System.Text;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Assembly;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Slices;

/// <summary>The meaning of slices: one test a rule.</summary>
public sealed class SliceTableTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SnapshotBuilder _builder;
    private readonly SliceTable _table;
    private readonly SliceDecoder _decoder = new();

    public SliceTableTests()
    {
        ServiceTarget target = new("k8s-example2", "service-b");
        _builder = new SnapshotBuilder(target, PortScheme.PerOrdinal(3000));
        _table = new SliceTable(
            new PodResolver(target, PortScheme.PerOrdinal(3000), AddressRules.Internal), _builder, _time);
    }

    private SliceObject Decode(string json)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.True(_decoder.TryDecode(ref reader, out SliceObject? slice));
        return slice;
    }

    private void Apply(string json) => _table.Apply(Decode(json));

    private string[] Pods() =>
        [.. _builder.Build().Endpoints.Select(static e => $"{e.Name} {string.Join(',', e.Addresses)} {e.State} {e.Uid}")];

    private string[] LeftOut() => [.. _builder.Build().LeftOut.Select(static e => $"{e.Name} {e.Reason}")];

    [Fact]
    public void Null_endpoints_and_null_ports_are_empty()
    {
        Apply("""{"metadata":{"name":"s","resourceVersion":"1"},"addressType":"IPv4","endpoints":null,"ports":null}""");
        Assert.Empty(Pods());
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void The_placeholder_slice_is_an_empty_set_to_publish()
    {
        Assert.True(_builder.HasChanges);
        Apply(Json.Slice("s", "1"));
        Assert.Empty(Pods());
    }

    [Fact]
    public void An_empty_list_after_a_full_one_counts()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0")));
        _table.Replace([]);
        Assert.Empty(Pods());
    }

    [Fact]
    public void A_list_removes_what_was_missed()
    {
        _table.Replace([Decode(Json.Slice("s", "1", Json.Pod("service-b-0"))), Decode(Json.Slice("t", "1", Json.Pod("service-b-1")))]);
        _table.Replace([Decode(Json.Slice("t", "1", Json.Pod("service-b-1")))]);
        Assert.Equal(["service-b-1 10.0.0.1 Ready u"], Pods());
        Assert.Null(_table.HoldRemaining);
    }

    [Fact]
    public void Deleting_an_unknown_slice_is_nothing()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0")));
        Pods();
        _table.Delete("other");
        Assert.False(_builder.HasChanges);
    }

    [Fact]
    public void Same_event_twice_publishes_nothing()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));
        Pods();
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));
        Assert.False(_builder.HasChanges);
    }

    [Fact]
    public void List_with_the_same_content_publishes_nothing()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0")));
        Pods();
        _table.Replace([Decode(Json.Slice("s", "7", Json.Pod("service-b-0")))]);
        _table.Replace([Decode(Json.Slice("other", "8", Json.Pod("service-b-0")))]);
        Assert.False(_builder.HasChanges);
    }

    [Fact]
    public void Moving_between_slices_added_first_changes_nothing()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));
        Pods();
        Apply(Json.Slice("t", "2", Json.Pod("service-b-1", "10.0.0.2")));
        Assert.False(_builder.HasChanges);
        Apply(Json.Slice("s", "3", Json.Pod("service-b-0")));
        Assert.False(_builder.HasChanges);
        Assert.Null(_table.HoldRemaining);
    }

    [Fact]
    public void Moving_between_slices_removed_first_is_held()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));
        Apply(Json.Slice("t", "2", Json.Pod("service-b-2", "10.0.0.3")));
        Pods();
        Apply(Json.Slice("s", "3", Json.Pod("service-b-0")));
        Assert.False(_builder.HasChanges);
        Assert.Equal(PodHolds.Duration, _table.HoldRemaining);
        Apply(Json.Slice("t", "4", Json.Pod("service-b-2", "10.0.0.3"), Json.Pod("service-b-1", "10.0.0.2")));
        Assert.False(_builder.HasChanges);
        Assert.Null(_table.HoldRemaining);
    }

    [Fact]
    public void Held_pod_without_a_new_slice_is_dropped_in_time()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));
        Apply(Json.Slice("t", "2", Json.Pod("service-b-2", "10.0.0.3")));
        Pods();
        Apply(Json.Slice("s", "3", Json.Pod("service-b-0")));
        _time.Advance(PodHolds.Duration / 2);
        Apply(Json.Slice("s", "4", Json.Pod("service-b-0")));
        _table.EndHolds();
        Assert.False(_builder.HasChanges);
        _time.Advance(PodHolds.Duration / 2);
        _table.EndHolds();
        Assert.Equal(["service-b-0 10.0.0.1 Ready u", "service-b-2 10.0.0.3 Ready u"], Pods());
        Assert.True(PodHolds.Duration < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Held_pod_that_a_slice_states_as_not_ready_is_shown_so_at_once()
    {
        HoldInIPv6();
        // The gap in IPv6 is not filled by it, and a client must not be sent to it meanwhile.
        Apply(Json.Slice("s4", "5", Json.Pod("service-b-0", "10.0.0.1", ready: false)));
        Assert.Equal(["service-b-0 10.0.0.1 NotReady u", "service-b-1 fd00::2 Ready u"], Pods());
        Assert.Null(_table.HoldRemaining);
    }

    [Fact]
    public void Another_process_that_ends_is_no_news_of_a_held_pod()
    {
        HoldInIPv6();
        Apply(Json.Slice("s4", "5", Json.Pod("service-b-0", "10.0.0.1", uid: "v", ready: false, serving: false, terminating: true)));
        Assert.False(_builder.HasChanges);
        _time.Advance(PodHolds.Duration);
        _table.EndHolds();
        Assert.Equal("service-b-0 10.0.0.1 Terminating v", Pods()[0]);
    }

    /// <summary>A pod of both families whose IPv6 slice no longer states it, while another slice still may.</summary>
    private void HoldInIPv6()
    {
        Apply(Json.Slice("s4", "1", Json.Pod("service-b-0", "10.0.0.1")));
        Apply(Json.SliceOf("IPv6", "s6", "2", Json.Pod("service-b-0", "fd00::1")));
        Apply(Json.SliceOf("IPv6", "t6", "3", Json.Pod("service-b-1", "fd00::2")));
        Assert.Equal(["service-b-0 10.0.0.1,fd00::1 Ready u", "service-b-1 fd00::2 Ready u"], Pods());
        Apply(Json.SliceOf("IPv6", "s6", "4"));
        Assert.False(_builder.HasChanges);
        Assert.Equal(PodHolds.Duration, _table.HoldRemaining);
    }

    [Fact]
    public void Pod_without_another_slice_or_terminating_is_not_held()
    {
        Apply(
            Json.Slice(
                "s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2"),
                Json.Pod("service-b-2", "10.0.0.3", terminating: true)));
        Apply(Json.Slice("s", "2", Json.Pod("service-b-0"), Json.Pod("service-b-2", "10.0.0.3", terminating: true)));
        Assert.Equal(2, _builder.Build().Endpoints.Count);
        Apply(Json.Slice("t", "3", Json.Pod("service-b-4", "10.0.0.5")));
        Apply(Json.Slice("s", "4", Json.Pod("service-b-0")));
        Assert.Equal(["service-b-0", "service-b-4"], _builder.Build().Endpoints.Select(static e => e.Name));
        _table.Delete("s");
        Assert.Equal(["service-b-4"], _builder.Build().Endpoints.Select(static e => e.Name));
        Assert.Null(_table.HoldRemaining);
    }

    [Fact]
    public void A_slice_of_the_other_family_cannot_take_a_pod_in()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0")));
        Apply(Json.SliceOf("IPv6", "s6", "2", Json.Pod("service-b-1", "fd00::1")));
        Apply(Json.Slice("s", "3"));
        Assert.Null(_table.HoldRemaining);
        Assert.Equal(["service-b-1 fd00::1 Ready u"], Pods());
    }

    [Theory]
    [InlineData(true, false, false, true)]
    [InlineData(false, true, true, false)]
    public void One_name_on_two_nodes_not_terminating_wins_then_ready(
        bool oldTerminating, bool newTerminating, bool oldReady, bool newReady)
    {
        Apply(
            Json.Slice(
                "s", "10",
                Json.Pod("service-b-0", "10.0.0.1", "old", "node-0", ready: oldReady, serving: true, terminating: oldTerminating)));
        Apply(
            Json.Slice(
                "t", "9",
                Json.Pod("service-b-0", "10.0.0.2", "new", "node-1", ready: newReady, serving: true, terminating: newTerminating)));
        string wins = oldTerminating ? "10.0.0.2 Ready new" : "10.0.0.1 Ready old";
        Assert.Equal([$"service-b-0 {wins}"], Pods());
    }

    [Fact]
    public void Newer_slice_wins_for_a_name_on_two_nodes_and_the_other_takes_over()
    {
        Apply(Json.Slice("s", "10", Json.Pod("service-b-0", "10.0.0.1", "a", "node-0")));
        Apply(Json.Slice("t", "9", Json.Pod("service-b-0", "10.0.0.2", "b", "node-1")));
        Assert.Equal(["service-b-0 10.0.0.1 Ready a"], Pods());
        Apply(Json.Slice("t", "11", Json.Pod("service-b-0", "10.0.0.2", "b", "node-1")));
        Assert.Equal(["service-b-0 10.0.0.2 Ready b"], Pods());
        _table.Delete("t");
        Assert.Equal(["service-b-0 10.0.0.1 Ready a"], Pods());
    }

    [Fact]
    public void Addresses_of_two_processes_are_not_mixed()
    {
        Apply(Json.Slice("s", "10", Json.Pod("service-b-0", "10.0.0.1", "a")));
        Apply(Json.SliceOf("IPv6", "s6", "11", Json.Pod("service-b-0", "fd00::1", "b")));
        Assert.Equal(["service-b-0 fd00::1 Ready b"], Pods());
    }

    [Fact]
    public void A_new_uid_under_one_name_and_address_is_a_replacement()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0", uid: "a")));
        EndpointSnapshot before = _builder.Build();
        Apply(Json.Slice("s", "2", Json.Pod("service-b-0", uid: "b")));
        Assert.Equal(PodChangeKind.Replaced, Assert.Single(_builder.Build().CompareWith(before)).Kind);
    }

    [Fact]
    public void Pods_that_share_an_address_are_all_kept_and_another_set_is_left_out()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0", uid: "a"), Json.Pod("service-b-1", uid: "b"), Json.Pod("other-1", uid: "c")));
        EndpointSnapshot snapshot = _builder.Build();
        Assert.Equal(["service-b-0", "service-b-1"], snapshot.Endpoints.Select(static e => e.Name));
        Assert.Equal(["other-1 OtherSet"], LeftOut());
    }

    [Fact]
    public void Name_comes_from_targetRef_then_hostname_else_none()
    {
        Apply(Json.Slice(
            "s", "1",
            Json.Pod("service-b-0", hostname: "other-9"),
            """{"addresses":["10.0.0.2"],"hostname":"service-b-1"}""",
            """{"addresses":["10.0.0.3"]}""",
            """{"addresses":["10.0.0.4"],"hostname":"service-b-4","targetRef":{"kind":"VirtualMachine","name":"service-b-5"}}"""));
        Assert.Equal(["service-b-0 10.0.0.1 Ready u", "service-b-1 10.0.0.2 Ready "], Pods());
        Assert.Equal(["10.0.0.3 NoName", "10.0.0.4 NoName"], LeftOut());
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web-")]
    [InlineData("web--7")]
    [InlineData("web-007")]
    [InlineData("web-99999999999")]
    public void A_name_without_a_clean_ordinal_is_left_out(string name)
    {
        Apply(Json.Slice("s", "1", Json.Pod(name), Json.Pod("service-b-1")));
        Assert.Equal([$"{name} NoOrdinal"], LeftOut());
        Assert.Equal(["service-b-1 10.0.0.1 Ready u"], Pods());
    }

    [Fact]
    public void A_port_above_the_range_leaves_out_that_pod_alone()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-62536"), Json.Pod("service-b-62535")));
        Assert.Equal(["service-b-62536 PortOutOfRange"], LeftOut());
        Assert.Equal(65535, Assert.Single(_builder.Build().Endpoints).Port);
    }

    [Fact]
    public void Serving_false_is_honoured_when_ready_is_published_regardless()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0", ready: true, serving: false)));
        Assert.Equal(["service-b-0 10.0.0.1 NotReady u"], Pods());
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","conditions":{}""")]
    [InlineData(""","conditions":null""")]
    [InlineData(""","conditions":{"ready":null,"serving":null,"terminating":null,"new":7}""")]
    public void Unset_conditions_mean_ready(string conditions)
    {
        Apply(Json.Slice("s", "1", $$"""{"addresses":["10.0.0.1"],"hostname":"service-b-0"{{conditions}}}"""));
        Assert.Equal(["service-b-0 10.0.0.1 Ready "], Pods());
    }

    [Fact]
    public void Both_families_are_one_pod_and_one_updated_first_keeps_the_other()
    {
        Apply(Json.Slice("s4", "1", Json.Pod("service-b-0", "10.0.0.1")));
        Apply(Json.SliceOf("IPv6", "s6", "2", Json.Pod("service-b-0", "fd00::1")));
        Assert.Equal(["service-b-0 10.0.0.1,fd00::1 Ready u"], Pods());
        Apply(Json.Slice("s4", "3", Json.Pod("service-b-0", "10.0.0.1", ready: false)));
        Assert.Equal(["service-b-0 10.0.0.1,fd00::1 NotReady u"], Pods());
        Apply(Json.SliceOf("IPv6", "s6", "4", Json.Pod("service-b-0", "fd00::1", ready: false)));
        Assert.False(_builder.HasChanges);
        Apply(Json.Slice("s4", "5"));
        Assert.Equal(["service-b-0 fd00::1 NotReady u"], Pods());
    }

    [Fact]
    public void A_family_written_by_hand_without_a_uid_joins_the_pod()
    {
        Apply(Json.SliceOf("IPv6", "s6", "9", Json.Pod("service-b-0", "fd00::1", uid: null)));
        Apply(Json.Slice("s4", "1", Json.Pod("service-b-0", "10.0.0.1", ready: false)));
        Assert.Equal(["service-b-0 10.0.0.1,fd00::1 NotReady u"], Pods());
    }

    [Fact]
    public void Names_and_broken_addresses_are_reported()
    {
        Apply(Json.SliceOf("FQDN", "f", "1", Json.Pod("service-b-0", "pod.example.org")));
        Apply(
            Json.Slice(
                "s", "2", Json.Pod("service-b-1", "10.0.0.300"), Json.Pod("service-b-2", "010.0.0.1"), Json.Pod("service-b-3", "fd00::1"),
                Json.Pod("service-b-4", "0.0.0.0")));
        Apply(Json.SliceOf("IPv7", "x", "3", Json.Pod("service-b-5", "10.0.0.1")));
        Apply(Json.Slice("e", "4", """{"addresses":[],"hostname":"service-b-6"}"""));
        Assert.Equal(
            ["service-b-0 NoAddress", "service-b-1 Malformed", "service-b-2 Malformed", "service-b-3 Malformed", "service-b-4 Malformed",
                "service-b-5 NoAddress", "service-b-6 NoAddress"],
            LeftOut());
        Apply(Json.Slice("s", "5", Json.Pod("service-b-1", "10.0.0.30")));
        Assert.Equal(["service-b-1 10.0.0.30 Ready u"], Pods());
    }

    [Fact]
    public void Pod_of_another_namespace_is_reported_and_shadows_no_pod()
    {
        Apply(
            Json.Slice(
                "s", "1", Json.Pod("service-b-0"),
                """{"addresses":["10.0.0.9"],"targetRef":{"kind":"Pod","namespace":"evil","name":"service-b-0"}}"""));
        Assert.Equal(["service-b-0 10.0.0.1 Ready u"], Pods());
        Assert.Equal(["evil/service-b-0 Malformed"], LeftOut());
    }

    [Fact]
    public void A_service_deleted_and_created_again_leaves_no_ghosts()
    {
        Apply(Json.Slice("s", "1", Json.Pod("service-b-0", uid: "a"), Json.Pod("service-b-1", uid: "b")));
        _table.Delete("s");
        Apply(Json.Slice("s2", "5", Json.Pod("service-b-0", uid: "c")));
        Assert.Equal(["service-b-0 10.0.0.1 Ready c"], Pods());
    }

    [Fact]
    public void New_ports_of_the_service_reach_every_pod()
    {
        ServiceTarget target = new("k8s-example2", "service-b");
        SnapshotBuilder builder = new(target, PortScheme.FromService());
        SliceTable table = new(
            new PodResolver(target, PortScheme.FromService(), AddressRules.Internal), builder, _time);
        table.Apply(Decode(Json.Slice("s", "1", Json.Pod("service-b-0"), Json.Pod("service-b-1"))));
        Assert.Equal([3456, 3457], builder.Build().Endpoints.Select(static e => e.Port));
        table.Apply(
            Decode(
                Json.Slice("s", "2", Json.Pod("service-b-0"), Json.Pod("service-b-1")).Replace("3456", "4000", StringComparison.Ordinal)));
        Assert.Equal([4000, 4001], builder.Build().Endpoints.Select(static e => e.Port));
    }

    [Fact]
    public void One_changed_slice_touches_only_its_own_pods()
    {
        for (int i = 0; i < 50; i++)
            Apply(
                Json.Slice(
                    $"s{i}", $"{i + 1}",
                    Enumerable.Range(i * 100, 100).Select(static n => Json.Pod($"service-b-{n}", uid: $"u{n}")).ToArray()));
        EndpointSnapshot before = _builder.Build();
        Apply(
            Json.Slice(
                "s7", "100",
                Enumerable.Range(700, 100).Select(static n => Json.Pod($"service-b-{n}", uid: $"u{n}", ready: n != 750)).ToArray()));
        EndpointSnapshot after = _builder.Build();
        Assert.Equal(["service-b-750"], after.CompareWith(before).Select(static c => c.Name));
        Assert.Same(before.FindByOrdinal(701), after.FindByOrdinal(701));
    }

    [Fact]
    public void Random_histories_agree_with_a_fresh_table()
    {
        Random random = new(7);
        Dictionary<string, string> slices = [];
        for (int step = 0; step < 2000; step++)
        {
            string name = $"s{random.Next(6)}";
            if (random.Next(5) == 0)
            {
                slices.Remove(name);
                _table.Delete(name);
            }
            else
            {
                string type = name is "s4" or "s5" ? "IPv6" : "IPv4";
                string[] pods = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomPod(random, type))];
                slices[name] = Json.SliceOf(type, name, $"{step + 1}", pods);
                Apply(slices[name]);
            }

            _time.Advance(PodHolds.Duration);
            _table.EndHolds();
            SnapshotBuilder fresh = new(new ServiceTarget("k8s-example2", "service-b"), PortScheme.PerOrdinal(3000));
            new SliceTable(
                new PodResolver(
                    new ServiceTarget("k8s-example2", "service-b"), PortScheme.PerOrdinal(3000), AddressRules.Internal),
                fresh, _time)
                .Replace([.. slices.Values.Select(Decode)]);
            EndpointSnapshot expected = fresh.Build();
            EndpointSnapshot actual = _builder.Build();
            Assert.Empty(actual.CompareWith(expected));
            Assert.Equal(expected.LeftOut, actual.LeftOut);
        }
    }

    private static string RandomPod(Random random, string type)
    {
        string address = type == "IPv4" ? $"10.0.0.{random.Next(1, 4)}" : $"fd00::{random.Next(1, 4)}";
        if (random.Next(10) == 0)
            address = "nonsense";
        return Json.Pod(
            $"service-b-{random.Next(4)}", address, random.Next(4) == 0 ? null : $"u{random.Next(2)}", ready: random.Next(3) > 0,
            terminating: random.Next(4) == 0);
    }
}
