using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Kinds;

/// <summary>The rules whose violation people meet in practice; each is refused with 422 and the field's path.</summary>
internal static class Validation
{
    public static void Check(ResourceKind kind, JsonObject body)
    {
        string name = body.Text("metadata", "name") ?? "";
        CheckName(kind, name);
        if (kind == KindTable.StatefulSet || kind == KindTable.Deployment || kind == KindTable.ReplicaSet)
            CheckWorkload(kind, name, body);
        else if (kind == KindTable.Pod)
            CheckContainers(kind, name, body.At("spec"), "spec");
        else if (kind == KindTable.Service && body.Text("spec", "clusterIP") != "None" && !body.Items("spec", "ports").Any())
            throw ApiException.Invalid(kind, name, "spec.ports", "Required value", "FieldValueRequired");
    }

    private static void CheckName(ResourceKind kind, string name)
    {
        bool rbac = kind.Group == KindTable.Rbac;
        int limit = kind == KindTable.Namespace || kind == KindTable.Service ? 63 : 253;
        bool good = rbac || name.Split('.').All(label => label.Length > 0
            && label.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && label[0] != '-' && label[^1] != '-');
        if (!good || name.Length > limit || (limit == 63 && name.Contains('.', StringComparison.Ordinal)))
        {
            throw ApiException.Invalid(
                kind,
                name,
                "metadata.name",
                $"Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
                + "and end with an alphanumeric character");
        }
    }

    private static void CheckWorkload(ResourceKind kind, string name, JsonObject body)
    {
        if (body.Number("spec", "replicas") is < 0 and var replicas)
            throw ApiException.Invalid(kind, name, "spec.replicas", $"Invalid value: {replicas}: must be greater than or equal to 0");
        JsonNode? selector = body.At("spec", "selector");
        if (selector is not JsonObject { Count: > 0 })
            throw ApiException.Invalid(kind, name, "spec.selector", "Required value", "FieldValueRequired");
        if (!LabelSelector.FromSpec(selector).Matches(body.At("spec", "template")))
        {
            string labels = body.At("spec", "template", "metadata", "labels")?.ToJsonString() ?? "null";
            throw ApiException.Invalid(
                kind, name, "spec.template.metadata.labels", $"Invalid value: {labels}: `selector` does not match template `labels`");
        }

        CheckContainers(kind, name, body.At("spec", "template", "spec"), "spec.template.spec");
    }

    private static void CheckContainers(ResourceKind kind, string name, JsonNode? spec, string path)
    {
        if (!spec.Items("containers").Any())
            throw ApiException.Invalid(kind, name, $"{path}.containers", "Required value", "FieldValueRequired");
        int index = 0;
        foreach (JsonObject container in spec.Items("containers"))
        {
            foreach (string field in (string[])["name", "image"])
            {
                if (string.IsNullOrEmpty(container.Text(field)))
                    throw ApiException.Invalid(kind, name, $"{path}.containers[{index}].{field}", "Required value", "FieldValueRequired");
            }

            foreach (JsonObject port in container.Items("ports"))
            {
                if (port.Number("containerPort") is not (>= 1 and <= 65535))
                {
                    throw ApiException.Invalid(
                        kind,
                        name,
                        $"{path}.containers[{index}].ports[0].containerPort",
                        $"Invalid value: {port.Number("containerPort")}: must be between 1 and 65535, inclusive");
                }
            }

            index++;
        }
    }
}
