using Berth.Planning.Objects;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>The Service of each set on the host network.</summary>
internal static class ServiceRules
{
    public static IEnumerable<PlanFault> Check(PlanContext context)
    {
        ILookup<(string, string, string), Workload> byLabel = context.Workloads
            .SelectMany(static workload => workload.Labels.Map().Select(label => (workload, label)))
            .ToLookup(static each => (each.workload.Object.Namespace, each.label.Key, each.label.Value), static each => each.workload);
        HashSet<PlanObject> ofSets = new(ReferenceEqualityComparer.Instance);
        foreach (Workload set in context.Workloads.Where(static workload => workload.OnHostNetwork && workload.IsSet))
        {
            foreach (PlanFault fault in CheckSet(context, set, ofSets))
                yield return fault;
        }

        foreach (PlanFault fault in ofSets.SelectMany(CheckService))
            yield return fault;
        foreach (PlanObject service in ofSets.Union(DispatcherPorts.FindServices(context.Workloads, context.Index)))
        {
            // Only workloads with the first label of the selector can be selected.
            KeyValuePair<string, string> first = service.Body.Map("spec", "selector").FirstOrDefault();
            if (FindShared(service, byLabel[(service.Namespace, first.Key ?? "", first.Value ?? "")]) is { } shared)
                yield return shared;
        }
    }

    private static IEnumerable<PlanFault> CheckSet(PlanContext context, Workload set, HashSet<PlanObject> ofSets)
    {
        PlanObject each = set.Object;
        string? name = each.Body.Text("spec", "serviceName");
        if (string.IsNullOrEmpty(name))
        {
            yield return new PlanFault(
                PlanRule.ServiceMissing, PlanLevel.Error, each.Subject, each.At("spec"), "serviceName is not set.",
                "EndpointSlices carry no hostnames, and DNS has no names for the pods.",
                "Create a headless Service that selects the pods, and name it in serviceName.");
            yield break;
        }

        if (context.Index.FindService(each.Namespace, name) is not { } service)
        {
            bool certain = context.Index.IsWholeCluster;
            yield return new PlanFault(
                PlanRule.ServiceMissing, certain ? PlanLevel.Error : PlanLevel.Note, each.Subject, each.At("spec", "serviceName"),
                $"The Service {each.Namespace}/{name} of serviceName is not {(certain ? "in the cluster" : "among the manifests")}.",
                "Without it there are no EndpointSlices, so clients find no pod.",
                certain ? "Create it: headless, with a selector of the pods." : "Give its manifest too, so that it is checked.");
            yield break;
        }

        ofSets.Add(service);
        JsonNode? selector = service.Body.At("spec", "selector");
        if (service.Body.Text("spec", "type") == "ExternalName" || selector is not JsonObject { Count: > 0 })
        {
            yield return OfOthers(each, service, $"{service.Subject} has no selector.", "No controller writes its EndpointSlices.");
        }
        else if (!LabelSelector.MapSelects(selector, set.Labels))
        {
            yield return OfOthers(
                each, service, $"{service.Subject} does not select the labels of the set's pods.",
                "Its EndpointSlices have none of the pods.");
        }

        foreach (JsonObject port in service.Body.Items("spec", "ports"))
        {
            if (port.Text("targetPort") is not { Length: > 0 } named || Declares(set, named))
                continue;
            yield return new PlanFault(
                PlanRule.NamedTargetPort, PlanLevel.Warning, service.Subject, service.At(port["targetPort"]),
                $"targetPort {named} names a container port that the pods of {each.Subject} do not declare.",
                "EndpointSlices then lack this port, so that no base port can be taken from it.",
                "Write the base port as a number.", each.Location);
        }
    }

    private static IEnumerable<PlanFault> CheckService(PlanObject service)
    {
        JsonNode spec = service.Body["spec"] ?? new JsonObject();
        if (spec.Text("clusterIP") != "None" && spec.Text("type") != "ExternalName")
        {
            yield return new PlanFault(
                PlanRule.ServiceNotHeadless, PlanLevel.Warning, service.Subject, service.At(spec["clusterIP"] ?? spec),
                "It is the Service of a StatefulSet, and is not headless.",
                "Its cluster IP leads to one port of every pod, which only one of them has; and pods have no DNS names.",
                "Set clusterIP: None. It cannot be changed later: the Service has to be created again.");
        }

        if (spec.Flag("publishNotReadyAddresses"))
        {
            yield return new PlanFault(
                PlanRule.NotReady, PlanLevel.Warning, service.Subject, service.At(spec["publishNotReadyAddresses"]),
                "publishNotReadyAddresses is true.",
                "Every pod is ready in EndpointSlices and in DNS, also before it starts and after it ends. Berth then uses serving; DNS " +
                "has no such sign.",
                "Leave it out, unless the pods must find each other before they are ready.");
        }
    }

    private static PlanFault? FindShared(PlanObject service, IEnumerable<Workload> neighbours)
    {
        Workload[] selected =
        [
            .. neighbours.Where(workload => LabelSelector.MapSelects(service.Body.At("spec", "selector"), workload.Labels)),
        ];
        return selected.Length < 2
            ? null
            : new PlanFault(
                PlanRule.ServiceShared, PlanLevel.Error, service.Subject, service.At("spec", "selector"),
                $"It selects the pods of {string.Join(" and ", selected.Take(5).Select(static workload => workload.Subject))}" +
                $"{(selected.Length > 5 ? $" and {selected.Length - 5} others" : "")}.",
                "Pods of one stem are followed; the others are left out with a warning, and clients in other languages may take them for " +
                "pods of the set.",
                "Give each set a label of its own, and select that.", selected[1].Object.Location);
    }

    private static bool Declares(Workload set, string port) =>
        set.Containers.SelectMany(static container => container.Body.Items("ports")).Any(each => each.Text("name") == port);

    private static PlanFault OfOthers(PlanObject set, PlanObject service, string what, string why) => new(
        PlanRule.ServiceOfOthers, PlanLevel.Error, set.Subject, set.At("spec", "serviceName"), what, why,
        "Select labels of the set's template in the Service.", service.At("spec", "selector"));
}
