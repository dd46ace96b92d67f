namespace Berth.Planning.Objects;

/// <summary>Objects that the input has more than once.</summary>
internal static class Repeats
{
    /// <summary>The last of each, as kubectl applies them. One that differs from an earlier one is a fault.</summary>
    /// <param name="objects">The manifests, in their order.</param>
    /// <param name="faults">Gets the faults.</param>
    public static IReadOnlyList<PlanObject> LastOfEach(IReadOnlyList<PlanObject> objects, List<PlanFault> faults)
    {
        Dictionary<(string, string, string), PlanObject> last = [];
        HashSet<PlanObject> replaced = new(ReferenceEqualityComparer.Instance);
        foreach (PlanObject each in objects)
        {
            if (each.Name.Length > 0 && last.TryGetValue(each.Key, out PlanObject? earlier))
            {
                replaced.Add(earlier);
                if (!JsonNode.DeepEquals(earlier.Body, each.Body))
                    faults.Add(Describe(earlier, each));
            }

            last[each.Key] = each;
        }

        return replaced.Count == 0 ? objects : [.. objects.Where(each => !replaced.Contains(each))];
    }

    private static PlanFault Describe(PlanObject earlier, PlanObject later) => new(
        PlanRule.Repeated, PlanLevel.Warning, later.Subject, later.At("metadata", "name"),
        $"It is also in {earlier.Location}, and the two differ.",
        "kubectl applies both, and the later one stays. The plan counts the later one only.",
        "Remove one of them, or give it another name or namespace.", earlier.Location);
}
