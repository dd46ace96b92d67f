using System.Text.Json;
using Berth.Planning.Objects;
using Berth.Targets;

namespace Berth.Planning.Workloads;

/// <summary>
/// Names, labels and texts that the API server refuses: <c>BERTH_BASE_PORT: 4000</c> without quotes is a number, and no text.
/// </summary>
internal static class FieldTexts
{
    private static readonly string[] s_withSelector = ["StatefulSet", "DaemonSet", "Deployment", "ReplicaSet"];

    /// <summary>Checks an object that makes pods.</summary>
    /// <param name="each">The object.</param>
    /// <param name="metadata">The <c>metadata</c> of its pods.</param>
    /// <param name="podSpec">The <c>spec</c> of its pods.</param>
    public static IEnumerable<PlanFault> Check(PlanObject each, JsonNode? metadata, JsonObject podSpec) =>
        Texts(each, metadata, podSpec).Concat(Names(each)).Concat(Selector(each, metadata));

    private static IEnumerable<PlanFault> Texts(PlanObject each, JsonNode? metadata, JsonObject podSpec)
    {
        JsonNode? own = each.Body["metadata"];
        foreach (string field in (string[])["labels", "annotations"])
        {
            IEnumerable<JsonNode?> maps = ReferenceEquals(own, metadata) ? [own] : [own, metadata];
            foreach ((string key, JsonNode? value) in maps.SelectMany(map => map.At(field) as JsonObject ?? []))
            {
                if (!IsText(value))
                    yield return FieldValues.Fault(each, $"{field[..^1]} {key}", value!, "a text: write it in quotes");
            }
        }

        foreach (JsonObject entry in podSpec.Items("initContainers").Concat(podSpec.Items("containers"))
            .SelectMany(static container => container.Items("env")))
        {
            if (!IsText(entry["value"]))
                yield return FieldValues.Fault(each, $"Variable {entry.Text("name")}", entry["value"]!, "a text: write it in quotes");
        }
    }

    private static IEnumerable<PlanFault> Names(PlanObject each)
    {
        if (each.Body.At("metadata", "name") is { } number && !IsText(number))
            yield return FieldValues.Fault(each, "metadata.name", number, "a text: write it in quotes");
        if (each.Kind != "StatefulSet" || each.Group != "apps")
            yield break;

        // A longer name is the fault of another rule.
        JsonNode? name = each.Body.At("metadata", "name");
        if (each.Name.Length is > 0 and <= Dns1123.MaxLabelLength && name is not null && Dns1123.FaultOfLabel(each.Name) is { } fault)
            yield return FieldValues.Fault(each, "metadata.name", name, $"a name of a StatefulSet: it {fault}");
        if (each.Body.At("spec", "serviceName") is { } service && service.Text() is { Length: > 0 } text
            && Dns1123.FaultOfLabel(text) is { } serviceFault)
            yield return FieldValues.Fault(each, "spec.serviceName", service, $"a name of a Service: it {serviceFault}");
    }

    private static IEnumerable<PlanFault> Selector(PlanObject each, JsonNode? metadata)
    {
        if (s_withSelector.Contains(each.Kind, StringComparer.Ordinal) && each.Group == "apps"
            && each.Body.At("spec", "selector") is JsonObject selector && !LabelSelector.Selects(selector, metadata.At("labels")))
            yield return FieldValues.Fault(each, "spec.selector", selector, "met by the labels of the template");
    }

    private static bool IsText(JsonNode? value) => value is null || value.GetValueKind() == JsonValueKind.String;
}
