using Berth.Planning.Objects;

namespace Berth.Planning.Rules;

/// <summary>Changes of running objects that cause an outage during the rollout.</summary>
internal static class ChangeRules
{
    /// <param name="changes">Each manifest with the object of the cluster that it replaces.</param>
    public static IEnumerable<PlanFault> Check(IEnumerable<(PlanObject Given, PlanObject Running)> changes)
    {
        foreach ((PlanObject given, PlanObject running) in changes)
        {
            long start = given.Body.Number("spec", "ordinals", "start") ?? 0;
            long before = running.Body.Number("spec", "ordinals", "start") ?? 0;
            if (given.Kind != "StatefulSet" || start == before || given.Body.Text("spec", "podManagementPolicy") != "Parallel")
                continue;
            yield return new PlanFault(
                PlanRule.OrdinalsMoved, PlanLevel.Warning, given.Subject, given.At("spec", "ordinals", "start"),
                string.Create(
                    CultureInfo.InvariantCulture, $"ordinals.start moves from {before} to {start} on a running set that is Parallel."),
                "Kubernetes deletes the old pods while the new ones start: 1 of 3 pods was ready for 3.5 s.",
                "Move it with podManagementPolicy: OrderedReady, or while no clients are there.");
        }
    }
}
