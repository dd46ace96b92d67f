using System.Text.Json;
using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>
/// Numbers that decide about ports, and whose value the API server refuses. The plan would otherwise read them as not set.
/// </summary>
internal static class FieldValues
{
    /// <summary>Checks an object that makes pods.</summary>
    /// <param name="each">The object.</param>
    /// <param name="podSpec">The <c>spec</c> of its pods.</param>
    public static IEnumerable<PlanFault> Check(PlanObject each, JsonObject podSpec)
    {
        (string Field, JsonNode? Value)[] numbers =
        [
            ("spec.replicas", each.Body.At("spec", "replicas")),
            ("spec.ordinals.start", each.Body.At("spec", "ordinals", "start")),
        ];
        foreach ((string field, JsonNode? value) in numbers)
        {
            if (value is not null && !IsWhole(value, 0, int.MaxValue))
                yield return Fault(each, field, value, "a whole number, 0 or more");
        }

        // A negative one is accepted, with a warning, and counts as 1: see the rule "grace".
        if (podSpec["terminationGracePeriodSeconds"] is { } grace && !IsWhole(grace, long.MinValue, long.MaxValue))
            yield return Fault(each, "terminationGracePeriodSeconds", grace, "a whole number, 0 or more");

        if (podSpec["hostNetwork"] is { } network && network.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            yield return Fault(each, "hostNetwork", network, "true or false, without quotes");
        foreach (JsonObject port in podSpec.Items("containers").SelectMany(static container => container.Items("ports")))
        {
            foreach (string field in (string[])["containerPort", "hostPort"])
            {
                if (port[field] is { } value && !IsWhole(value, field == "hostPort" ? 0 : 1, 65535))
                    yield return Fault(each, field, value, "a port in 1..65535");
            }

            if (podSpec.Flag("hostNetwork") && port.Number("hostPort") is > 0 and { } host && host != port.Number("containerPort"))
                yield return Fault(each, "hostPort", port["hostPort"]!, "its containerPort, as it must be on the host network");
        }
    }

    /// <summary>Checks the sleeps of hooks, which must end within the grace period.</summary>
    /// <param name="each">The object.</param>
    /// <param name="podSpec">The <c>spec</c> of its pods.</param>
    /// <remarks>
    /// Kubernetes 1.36.2 says "must be non-negative and less than", and accepts an equal time. A negative grace period of a template allows
    /// no sleep at all; that of a pod counts as one second.
    /// </remarks>
    public static IEnumerable<PlanFault> CheckHooks(PlanObject each, JsonObject podSpec)
    {
        long grace = podSpec.Number("terminationGracePeriodSeconds") ?? 30;
        if (each.Kind == "Pod" && grace < 0)
            grace = 1;
        return
            from container in podSpec.Items("containers")
            from hook in (string[])["postStart", "preStop"]
            let seconds = container.At("lifecycle", hook, "sleep", "seconds")
            where seconds is not null && !IsWhole(seconds, 0, grace)
            select Fault(each, $"lifecycle.{hook}.sleep.seconds", seconds!, $"within the grace period of {grace} s");
    }

    /// <summary>Checks the largest number of pods of an autoscaler.</summary>
    public static PlanFault? CheckMaximum(PlanObject scaler, string field)
    {
        JsonNode? value = scaler.Body.At("spec", field);
        if (value is null)
            return null;
        if (!IsWhole(value, 1, int.MaxValue))
            return Fault(scaler, $"spec.{field}", value, "a whole number, 1 or more");
        return scaler.Kind == "HorizontalPodAutoscaler" && scaler.Body.Number("spec", "minReplicas") > value.Number()
            ? Fault(scaler, $"spec.{field}", value, "minReplicas or more")
            : null;
    }

    /// <summary>Checks the ports of a Service.</summary>
    public static IEnumerable<PlanFault> CheckService(PlanObject service)
    {
        foreach (JsonObject port in service.Body.Items("spec", "ports"))
        {
            if (port["port"] is { } value && !IsWhole(value, 1, 65535))
                yield return Fault(service, "port", value, "a port in 1..65535");
            if (port["targetPort"] is { } target && target.GetValueKind() == JsonValueKind.Number && !IsWhole(target, 1, 65535))
                yield return Fault(service, "targetPort", target, "a port in 1..65535");
        }
    }

    /// <summary>The fault of an object that should create pods but has no template.</summary>
    public static PlanFault WithoutTemplate(PlanObject each) => new(
        PlanRule.FieldValue, PlanLevel.Error, each.Subject, each.At("spec", "template"), "It has no spec for its pods.",
        "The API server refuses the object, and the plan cannot count its ports.",
        "Write the pods below spec.template.spec; look at the indentation.");

    private static bool IsWhole(JsonNode value, long lowest, long highest) =>
        value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue(out long number)
        && number >= lowest && number <= highest;

    /// <summary>The fault of a value that the API server refuses.</summary>
    /// <param name="each">The object.</param>
    /// <param name="field">The name of the field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="wanted">What it must be: a noun.</param>
    public static PlanFault Fault(PlanObject each, string field, JsonNode value, string wanted)
    {
        string text = value.ToJsonString();
        return new PlanFault(
            PlanRule.FieldValue, PlanLevel.Error, each.Subject, each.At(value),
            $"{field} is {(text.Length > 40 ? text[..40] + "..." : text)}, which is not {wanted}.",
            "The API server refuses the object, and the plan cannot count its ports.", "Correct the value.");
    }
}
