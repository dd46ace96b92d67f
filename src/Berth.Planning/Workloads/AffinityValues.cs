using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>Required node affinities that the API server refuses, or that no node meets.</summary>
internal static class AffinityValues
{
    private static readonly string[] s_operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

    /// <summary>Checks an object that makes pods.</summary>
    /// <param name="each">The object.</param>
    /// <param name="podSpec">The <c>spec</c> of its pods.</param>
    public static IEnumerable<PlanFault> Check(PlanObject each, JsonObject podSpec)
    {
        if (podSpec.At("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is not JsonObject required)
            yield break;
        if (required["nodeSelectorTerms"] is not JsonArray { Count: > 0 } terms)
        {
            yield return FieldValues.Fault(
                each, "nodeAffinity", required, "a list with one of nodeSelectorTerms or more");
            yield break;
        }

        foreach (JsonObject expression in terms.OfType<JsonObject>().SelectMany(static term => term.Items("matchExpressions")))
        {
            if (expression["operator"] is { } @operator && !s_operators.Contains(@operator.Text(), StringComparer.Ordinal))
                yield return FieldValues.Fault(each, "operator", @operator, $"one of {string.Join(", ", s_operators)}");
            else if (expression.Text("operator") is "Gt" or "Lt" && FindBound(expression) is { } bound)
                yield return Unmet(each, expression, bound);
        }
    }

    private static JsonNode? FindBound(JsonObject expression) =>
        expression["values"] is JsonArray { Count: 1 } values && values[0].Text() is { } text
            && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? values[0]
            : null;

    // Kubernetes 1.36.2 accepts such a set, and its scheduler then finds no node.
    private static PlanFault Unmet(PlanObject each, JsonObject expression, JsonNode bound) => new(
        PlanRule.FieldValue, PlanLevel.Warning, each.Subject, each.At(bound),
        $"The node affinity compares {expression.Text("key")} with {bound.Text()}, which is not a whole number.",
        "The API server may accept it. No node meets it, so the pods stay Pending.", "Write a whole number in quotes.");
}
