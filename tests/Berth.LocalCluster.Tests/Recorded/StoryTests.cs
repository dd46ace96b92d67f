using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>
/// The recorded watches against ours by the order of their events, which docs/local-cluster.md describes under "The order of events".
/// </summary>
public sealed class StoryTests
{
    [Fact]
    public async Task Events_of_a_life_come_in_the_recorded_order()
    {
        await using TestCluster test = await StartAsync(TestManifests.Service, TestManifests.StatefulSet(3));
        string version = await RecordedLife.PlayAsync(test);
        AssertTold(Recordings.ReadLines("watch-life"), await test.EventsSinceAsync(RecordedLife.OfServiceB, version));
    }

    [Fact]
    public async Task Events_of_a_drain_and_a_scale_down_come_in_the_recorded_order()
    {
        await using TestCluster test = await StartAsync(TestManifests.Service, TestManifests.StatefulSet(3));
        await RecordedLife.ReadyAsync(test, 3);
        (_, JsonNode list) = await test.GetAsync(RecordedLife.Slices);
        await RecordedLife.ReplaceAsync(test, "service-b-0", 3);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 1);
        await test.WaitForAsync(RecordedLife.Slices, slices => slices["items"]![0]!["endpoints"] is JsonArray { Count: 1 });
        AssertTold(
            Recordings.ReadLines("watch-terminating"),
            await test.EventsSinceAsync(RecordedLife.OfServiceB, (string)list["metadata"]!["resourceVersion"]!));
    }

    [Fact]
    public async Task Scaling_of_260_pods_takes_the_recorded_steps()
    {
        await using TestCluster test = await StartAsync(ManyPods.StatefulSet);
        await test.WaitReadyAsync(260);
        test.Cluster.Apply(ManyPods.Service);
        (_, JsonNode list) = await ManyPods.WaitAsync(test, 260);
        Assert.Equal([100, 100, 60], Sizes(list));
        test.Cluster.Scale("sts", TestCluster.Namespace, "many", 180);
        (_, JsonNode after) = await ManyPods.WaitAsync(test, 180);
        Assert.Equal([100, 80], Sizes(after));
        await ManyPods.RestartAsync(test, 3);
        JsonArray ours = await test.EventsSinceAsync(ManyPods.Slices, (string)list["metadata"]!["resourceVersion"]!);
        IReadOnlyList<JsonNode> recorded = Recordings.ReadLines("watch-260-scale");

        // The same pods went, from the top, each through the same states, and no other was touched.
        Dictionary<string, string> there = SliceStory.ByPod(recorded);
        Dictionary<string, string> here = SliceStory.ByPod(ours, list);
        Assert.Equal(Gone(there), Gone(here));
        Assert.All(Gone(there), pod => Assert.Equal("T0", there[pod].TrimStart('R')));
        // Changes of the same moment may be seen together: on a busy machine a few pods end and are gone in one event.
        Assert.All(Gone(there), pod => Assert.Equal("T0", Recorded(here[pod]).PadLeft(2, 'T')));
        Assert.InRange(Gone(there).Count(pod => Recorded(here[pod]) == "0"), 0, Gone(there).Count / 4);
        string[] restarted = ["many-179", "many-178", "many-177"];
        Assert.All(restarted, pod => Assert.StartsWith("T0R", there[pod].TrimStart('R'), StringComparison.Ordinal));
        Assert.All(restarted, pod => Assert.StartsWith("T0R", Recorded(here[pod]), StringComparison.Ordinal));
        Assert.Equal(1, recorded.Count(IsDeletion));
        Assert.Equal(1, ours.Count(item => IsDeletion(item!)));
        Assert.All(ours, item => Assert.InRange((item!["object"]!["endpoints"] as JsonArray)?.Count ?? 0, 1, 100));
    }

    /// <summary>
    /// Every recorded step comes, in order, or two of them as one: changes of the same moment may be seen together. Between them there may
    /// only be a pod that is not ready yet; the recorded pods were ready at once.
    /// </summary>
    private static void AssertTold(IReadOnlyList<JsonNode> recorded, JsonArray events)
    {
        IReadOnlyList<string> expected = SliceStory.Steps(recorded);
        int told = 0;
        int together = 0;
        foreach (string step in SliceStory.Steps(events))
        {
            int at = expected.Skip(told).Take(2).ToList().IndexOf(step);
            Assert.True(
                at >= 0 || step.Contains('-', StringComparison.Ordinal),
                $"'{step}' is not recorded; expected was '{expected.ElementAtOrDefault(told)}'.\n"
                + string.Join('\n', SliceStory.Steps(events)));
            together += at == 1 ? 1 : 0;
            told += at + 1;
        }

        Assert.Equal(expected.Count, told);
        Assert.InRange(together, 0, expected.Count / 4);
    }

    /// <summary>A pod's story without what the recorded kubelet did not report, and without what was so before the watch began.</summary>
    private static string Recorded(string story) => story.Replace("-", "", StringComparison.Ordinal).TrimStart('R');

    private static bool IsDeletion(JsonNode item) => (string?)item["type"] == "DELETED";

    private static IEnumerable<int> Sizes(JsonNode list) =>
        list["items"]!.AsArray().Select(slice => slice!["endpoints"]!.AsArray().Count).OrderDescending();

    private static IReadOnlyList<string> Gone(Dictionary<string, string> stories)
    {
        static int Ordinal(string pod) => int.Parse(pod.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture);
        return
        [
            .. stories.Where(pair => pair.Value.EndsWith('0') && Ordinal(pair.Key) >= 180)
                .Select(pair => pair.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static Task<TestCluster> StartAsync(params string[] manifests) => TestCluster.StartAsync(new LocalClusterOptions
    {
        RunProcesses = false,
        Nodes = 3,
        Manifests = [TestManifests.Namespace, TestManifests.All(manifests)],
    });
}
