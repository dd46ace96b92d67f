using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Rules;

/// <summary>
/// Checks the rules that people violate in practice. <see cref="FieldRules"/> checks single fields, and this class several fields together.
/// All faults of an object are in one answer, with 422, the paths of the fields, and the words of a real server.
/// </summary>
internal static class Validation
{
    /// <summary>Checks an object, and its change when it existed before.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static void Check(ResourceKind kind, JsonObject body, JsonObject? before = null)
    {
        FieldFaults faults = new();
        Metadata(faults, kind, body);
        if (kind == KindTable.PodDisruptionBudget)
            Budget(faults, body["spec"]);
        FieldRules.Check(faults, kind.Type, body);
        if (kind.HasScale || kind == KindTable.DaemonSet)
            Workload(faults, kind, body["spec"]);
        else if (kind == KindTable.Pod)
            PodRules.Check(faults, body["spec"], "spec");
        else if (kind == KindTable.Service)
            Service(faults, body["spec"]);
        else if (kind == KindTable.EndpointSlice)
            SliceRules.Check(faults, body);
        else if (kind == KindTable.ConfigMap || kind == KindTable.Secret)
            DataRules.Check(faults, kind, body);
        foreach ((int index, JsonObject rule) in body.Items("rules").Index())
        {
            bool ofPaths = rule.Texts("nonResourceURLs").Any();
            Stated(faults, rule, index, "verbs", "verbs must contain at least one value");
            if (ofPaths)
                continue;
            Stated(faults, rule, index, "apiGroups", "resource rules must supply at least one api group");
            Stated(faults, rule, index, "resources", "resource rules must supply at least one resource");
        }

        if (before is not null)
            FixedFields.Check(faults, kind, before, body);
        if (faults.Count > 0)
            throw ApiException.Invalid(kind, body.Text("metadata", "name") ?? "", faults);
    }

    private static void Metadata(FieldFaults faults, ResourceKind kind, JsonObject body)
    {
        string name = body.Text("metadata", "name") ?? "";
        if (kind.Group != KindTable.Rbac)
        {
            bool isLabel = kind == KindTable.Namespace || kind == KindTable.Service || kind == KindTable.StatefulSet;
            FieldRules.Form(faults, isLabel ? "label" : "subdomain", name, "metadata.name");
        }

        FieldRules.Labels(faults, body.At("metadata", "labels"), "metadata.labels");
        foreach (string key in body.Map("metadata", "annotations").Select(pair => pair.Key))
        {
            foreach (string why in Formats.Faults("qualified", key.ToLowerInvariant()))
                faults.Invalid("metadata.annotations", key, why);
        }
    }

    private static void Budget(FieldFaults faults, JsonNode? spec)
    {
        if (spec.At("minAvailable") is not { } least || spec.At("maxUnavailable") is not { } most)
            return;
        JsonObject given = new()
        {
            ["MinAvailable"] = least.DeepClone(),
            ["Selector"] = spec.At("selector")?.DeepClone(),
            ["MaxUnavailable"] = most.DeepClone(),
            ["UnhealthyPodEvictionPolicy"] = spec.At("unhealthyPodEvictionPolicy")?.DeepClone(),
        };
        faults.Invalid("spec", given, "minAvailable and maxUnavailable cannot be both set");
    }

    private static void Stated(FieldFaults faults, JsonObject rule, int index, string field, string why)
    {
        if (!rule.Texts(field).Any())
            faults.Required($"rules[{index}].{field}", why);
    }

    private static void Workload(FieldFaults faults, ResourceKind kind, JsonNode? spec)
    {
        if (kind == KindTable.StatefulSet && spec.Text("podManagementPolicy") is not ("OrderedReady" or "Parallel") and var policy)
            faults.Invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
        Strategy(faults, kind, spec);
        Selector(faults, kind, spec);
        FieldRules.Labels(faults, spec.At("template", "metadata", "labels"), "spec.template.labels");
        FieldRules.Check(faults, "PodTemplateSpec", spec.At("template"), "spec.template");
        PodRules.Check(faults, spec.At("template", "spec"), "spec.template.spec", spec.Items("volumeClaimTemplates"));
        if (spec.Number("progressDeadlineSeconds") <= (spec.Number("minReadySeconds") ?? 0))
            faults.Invalid("spec.progressDeadlineSeconds", spec.At("progressDeadlineSeconds"), "must be greater than minReadySeconds");
    }

    private static void Strategy(FieldFaults faults, ResourceKind kind, JsonNode? spec)
    {
        string field = kind == KindTable.Deployment ? "strategy" : "updateStrategy";
        string? type = spec.Text(field, "type");
        JsonNode? rolling = spec.At(field, "rollingUpdate");
        if (kind == KindTable.Deployment && type is not ("Recreate" or "RollingUpdate"))
            faults.NotSupported("spec.strategy", new JsonObject { ["Type"] = type, ["RollingUpdate"] = null }, "Recreate", "RollingUpdate");
        else if (type == "Recreate" && rolling is not null)
            faults.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        else if (kind == KindTable.Deployment && IsNothing(rolling.At("maxUnavailable")) && IsNothing(rolling.At("maxSurge")))
            faults.Invalid("spec.strategy.rollingUpdate.maxUnavailable", rolling.At("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
        else if (kind == KindTable.StatefulSet && type is not ("OnDelete" or "RollingUpdate"))
        {
            JsonObject given = new() { ["Type"] = type, ["RollingUpdate"] = null };
            faults.Invalid("spec.updateStrategy", given, "must be 'RollingUpdate' or 'OnDelete'");
        }
        else if (kind == KindTable.StatefulSet && type == "OnDelete" && rolling is not null)
        {
            JsonObject given = new() { ["Partition"] = rolling.Number("partition"), ["MaxUnavailable"] = null };
            faults.Invalid("spec.updateStrategy.rollingUpdate", given, "only allowed for updateStrategy 'RollingUpdate'");
        }
    }

    private static bool IsNothing(JsonNode? share) => share.Number() == 0 || share.Text() is "0%";

    private static void Selector(FieldFaults faults, ResourceKind kind, JsonNode? spec)
    {
        int before = faults.Count;
        JsonNode? selector = spec.At("selector");
        if (selector is null)
            faults.Required("spec.selector");
        else if (selector is JsonObject { Count: 0 })
            faults.Invalid("spec.selector", selector, $"empty selector is invalid for {kind.Singular}");
        FieldRules.Labels(faults, selector.At("matchLabels"), "spec.selector.matchLabels");
        foreach ((int index, JsonObject expression) in selector.Items("matchExpressions").Index())
        {
            string at = $"spec.selector.matchExpressions[{index}]";
            bool valued = expression.Texts("values").Any();
            if (expression.Text("operator") is "In" or "NotIn" && !valued)
                faults.Required($"{at}.values", "must be specified when `operator` is 'In' or 'NotIn'");
            else if (expression.Text("operator") is "Exists" or "DoesNotExist" && valued)
                faults.Forbidden($"{at}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            else if (expression.Text("operator") is not ("In" or "NotIn" or "Exists" or "DoesNotExist"))
                faults.Invalid($"{at}.operator", expression["operator"], "not a valid selector operator");
        }

        if (selector is JsonObject { Count: > 0 } && faults.Count > before)
            faults.Invalid("spec.selector", selector, "invalid label selector");
        else if (selector is null || (faults.Count == before && !LabelSelector.FromSpec(selector).Matches(spec.At("template"))))
        {
            JsonNode? labels = spec.At("template", "metadata", "labels");
            faults.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
        }
    }

    private static void Service(FieldFaults faults, JsonNode? spec)
    {
        string? type = spec.Text("type");
        List<JsonObject> ports = [.. spec.Items("ports")];
        if (spec.Text("clusterIP") != "None" && type != "ExternalName" && ports.Count == 0)
            faults.Required("spec.ports");
        foreach ((int index, JsonObject port) in ports.Index())
        {
            if (ports.Count > 1 && string.IsNullOrEmpty(port.Text("name")))
                faults.Required($"spec.ports[{index}].name");
            if (type == "ClusterIP" && port.Number("nodePort") is not null)
                faults.Forbidden($"spec.ports[{index}].nodePort", "may not be used when `type` is 'ClusterIP'");
            if (port.Number("nodePort") is { } open and not 0
                && ports.Take(index).Any(other => other.Number("nodePort") == open && other.Text("protocol") == port.Text("protocol")))
            {
                faults.Duplicate($"spec.ports[{index}].nodePort", open);
            }

            bool IsSame(JsonObject other) =>
                other.Number("port") == port.Number("port") && other.Text("protocol") == port.Text("protocol");
            if (ports.Take(index).Any(IsSame))
            {
                faults.Duplicate($"spec.ports[{index}]", new JsonObject
                {
                    ["Name"] = "",
                    ["Protocol"] = port.Text("protocol"),
                    ["AppProtocol"] = null,
                    ["Port"] = port.Number("port"),
                    ["TargetPort"] = 0,
                    ["NodePort"] = 0,
                });
            }
        }

        if (spec.Text("clusterIP") is { } address && address != "None" && !System.Net.IPAddress.TryParse(address, out _))
            faults.Invalid("spec.clusterIPs[0]", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        else if (type is "NodePort" or "LoadBalancer" && spec.Text("clusterIP") == "None")
            faults.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services");
        if (type == "ExternalName" && string.IsNullOrEmpty(spec.Text("externalName")))
            faults.Required("spec.externalName");
        if (type is "NodePort" or "LoadBalancer")
            faults.OneOf("spec.externalTrafficPolicy", spec.Text("externalTrafficPolicy"), "Cluster", "Local");
        else if (spec.Text("externalTrafficPolicy") is { } policy)
            faults.Invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
        if (spec.Number("healthCheckNodePort") is { } health and not 0
            && (type != "LoadBalancer" || spec.Text("externalTrafficPolicy") != "Local"))
        {
            faults.Invalid(
                "spec.healthCheckNodePort",
                health,
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
    }
}
