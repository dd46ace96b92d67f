using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>A watch of slices as a story: the endpoints of each event, without values that always differ.</summary>
internal static class SliceStory
{
    /// <summary>
    /// One step for each event: <c>MODIFIED 0 1- 2T</c>, where 1 is not ready and 2 is ending. Steps that say the same as the
    /// one before are left out.
    /// </summary>
    public static IReadOnlyList<string> Steps(IEnumerable<JsonNode?> events)
    {
        List<string> steps = [];
        foreach (JsonNode? item in events.Where(item => (string?)item!["type"] is not "BOOKMARK"))
        {
            IEnumerable<string> endpoints = Endpoints(item!["object"]!)
                .Select(pair => pair.Name[(pair.Name.LastIndexOf('-') + 1)..] + pair.State);
            string step = $"{item!["type"]} {string.Join(' ', endpoints)}".Trim();
            if (steps.Count == 0 || steps[^1] != step)
                steps.Add(step);
        }

        return steps;
    }

    /// <summary>The states each pod goes through, in order: ready (R), not ready (-), ending (T), gone (0).</summary>
    /// <param name="events">The events of the watch.</param>
    /// <param name="list">
    /// The list before the watch, or null. Without it a pod that the first event of its slice lacks has no story.
    /// </param>
    public static Dictionary<string, string> ByPod(IEnumerable<JsonNode?> events, JsonNode? list = null)
    {
        Dictionary<string, string> stories = new(StringComparer.Ordinal);
        Dictionary<string, string> slices = new(StringComparer.Ordinal);
        void Tell(string pod, string state)
        {
            string before = stories.GetValueOrDefault(pod, "");
            if (!before.EndsWith(state, StringComparison.Ordinal))
                stories[pod] = before + state;
        }

        foreach (JsonNode? slice in list?["items"] as JsonArray ?? [])
        {
            foreach ((string pod, string state) in Endpoints(slice!))
            {
                slices[pod] = (string)slice!["metadata"]!["name"]!;
                Tell(pod, state.Length == 0 ? "R" : state);
            }
        }

        foreach (JsonNode? item in events.Where(item => (string?)item!["type"] is not "BOOKMARK"))
        {
            string slice = (string)item!["object"]!["metadata"]!["name"]!;
            IReadOnlyList<(string Name, string State)> now = (string?)item["type"] == "DELETED" ? [] : Endpoints(item["object"]!);
            foreach ((string pod, string state) in now)
            {
                slices[pod] = slice;
                Tell(pod, state.Length == 0 ? "R" : state);
            }

            bool IsGone(KeyValuePair<string, string> pair) => pair.Value == slice && now.All(other => other.Name != pair.Key);
            foreach (string gone in slices.Where(IsGone).Select(pair => pair.Key).ToList())
            {
                slices.Remove(gone);
                Tell(gone, "0");
            }
        }

        return stories;
    }

    private static IReadOnlyList<(string Name, string State)> Endpoints(JsonNode slice) =>
    [
        .. (slice["endpoints"] as JsonArray ?? []).Select(
            endpoint => ((string)endpoint!["targetRef"]!["name"]!, StateOf(endpoint["conditions"]!))),
    ];

    private static string StateOf(JsonNode conditions) =>
        (bool)conditions["terminating"]! ? "T" : (bool)conditions["ready"]! ? "" : "-";
}
