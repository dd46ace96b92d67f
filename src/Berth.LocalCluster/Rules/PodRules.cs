using Berth.LocalCluster.Fields;

namespace Berth.LocalCluster.Rules;

/// <summary>The rules about several fields of a pod together, in the words of a real server.</summary>
internal static class PodRules
{
    private static readonly string[] s_resources = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>The fields that a variable may use.</summary>
    private static readonly string[] s_fieldPaths =
    [
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];

    /// <summary>The fields that work in field selectors but not in variables.</summary>
    private static readonly string[] s_otherPaths =
        ["metadata.labels", "metadata.annotations", "spec.restartPolicy", "spec.schedulerName", "status.phase"];

    /// <summary>Checks a pod's spec. The claims of a set are volumes of its pods too.</summary>
    public static void Check(FieldFaults faults, JsonNode? spec, string path, params IEnumerable<JsonObject> claims)
    {
        HashSet<string?> volumes =
        [
            .. spec.Items("volumes").Select(volume => volume.Text("name")),
            .. claims.Select(claim => claim.Text("metadata", "name")),
        ];
        foreach ((int index, JsonObject container) in spec.Items("containers").Index())
        {
            string at = $"{path}.containers[{index}]";
            Ports(faults, container, at, spec.Flag("hostNetwork"));
            foreach ((int number, JsonObject variable) in container.Items("env").Index())
                Variable(faults, variable, $"{at}.env[{number}].valueFrom");
            foreach ((int number, JsonObject mount) in container.Items("volumeMounts").Index())
            {
                if (!volumes.Contains(mount.Text("name") ?? ""))
                    faults.NotFound($"{at}.volumeMounts[{number}].name", mount.Text("name") ?? "");
                if (container.Items("volumeMounts").Take(number).Any(other => other.Text("mountPath") == mount.Text("mountPath")))
                    faults.Invalid($"{at}.volumeMounts[{number}].mountPath", mount["mountPath"], "must be unique");
            }

            Amounts(faults, container["resources"].At("limits"), $"{at}.resources.limits");
            Amounts(faults, container["resources"].At("requests"), $"{at}.resources.requests");
            foreach ((string name, string asked) in container["resources"].Map("requests"))
            {
                if (container["resources"].Text("limits", name) is { } limit && Quantity.Parse(asked).Value > Quantity.Parse(limit).Value)
                    faults.Invalid($"{at}.resources.requests", asked, $"must be less than or equal to {name} limit of {limit}");
            }

            foreach (string hook in (string[])["postStart", "preStop"])
                Sleep(faults, container.At("lifecycle", hook, "sleep", "seconds"), $"{at}.lifecycle.{hook}.sleep", spec);
        }
    }

    /// <summary>Checks the sleep of a hook. A real server says "less than" and accepts an equal time.</summary>
    private static void Sleep(FieldFaults faults, JsonNode? seconds, string at, JsonNode? spec)
    {
        // A pod's own negative period is one second by now. That of a template stays, and allows no sleep at all.
        long grace = spec.Number("terminationGracePeriodSeconds") ?? 30;
        if (seconds.Number() is { } given && (given < 0 || given > grace))
            faults.Invalid(at, seconds, $"must be non-negative and less than terminationGracePeriodSeconds ({grace})");
    }

    private static void Ports(FieldFaults faults, JsonObject container, string at, bool hostNetwork)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach ((int index, JsonObject port) in container.Items("ports").Index())
        {
            string use = $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Number("hostPort")}";
            if (hostNetwork && port.Number("hostPort") != port.Number("containerPort"))
                faults.Invalid($"{at}.ports[{index}].hostPort", port["hostPort"], "must match `containerPort` when `hostNetwork` is true");
            else if (port.Number("hostPort") > 0 && !taken.Add(use))
                faults.Duplicate($"{at}.ports[{index}].hostPort", use);
        }
    }

    private static void Variable(FieldFaults faults, JsonObject variable, string at)
    {
        if (variable["valueFrom"] is not JsonObject source)
            return;
        if (!string.IsNullOrEmpty(variable.Text("value")))
            faults.Invalid(at, "", "may not be specified when `value` is not empty");
        else if (source.Count == 0)
        {
            faults.Invalid(
                at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        }
        else if (source.Count > 1)
            faults.Invalid(at, "", "may not have more than one field specified at a time");
        if (source["fieldRef"] is not JsonObject field)
            return;
        string fieldPath = field.Text("fieldPath") ?? "";
        at += ".fieldRef.fieldPath";
        if (fieldPath.Length == 0)
            faults.Required(at);
        else if (s_otherPaths.Contains(fieldPath, StringComparer.Ordinal))
            faults.OneOf(at, fieldPath, s_fieldPaths);
        else if (!s_fieldPaths.Contains(fieldPath, StringComparer.Ordinal) && !IsKeyOfMap(fieldPath))
            faults.Invalid(at, fieldPath, $"error converting fieldPath: field label not supported: {fieldPath}");
    }

    /// <summary>Matches one label or annotation: <c>metadata.labels['app']</c>.</summary>
    private static bool IsKeyOfMap(string fieldPath) =>
        fieldPath.EndsWith("']", StringComparison.Ordinal) && fieldPath.Split("['")[0] is "metadata.labels" or "metadata.annotations";

    /// <summary>True for a resource of Kubernetes itself, or of a vendor.</summary>
    private static bool IsResource(string name) =>
        name.Contains('/', StringComparison.Ordinal)
        || name.StartsWith("hugepages-", StringComparison.Ordinal)
        || s_resources.Contains(name, StringComparer.Ordinal);

    private static void Amounts(FieldFaults faults, JsonNode? amounts, string path)
    {
        foreach ((string name, string amount) in amounts.Map())
        {
            string at = $"{path}[{name}]";
            if (!IsResource(name))
            {
                faults.Invalid(at, name, "must be a standard resource type or fully qualified");
                faults.Invalid(at, name, "must be a standard resource for containers");
            }

            if (Quantity.Parse(amount).Value < 0)
                faults.Invalid(at, amount, "must be greater than or equal to 0");
        }
    }
}
