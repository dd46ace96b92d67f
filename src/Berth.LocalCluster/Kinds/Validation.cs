using System.Text.RegularExpressions;
using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Kinds;

/// <summary>
/// The rules whose violation people meet in practice. All that an object violates is refused at once, with 422, each field's path, and the words
/// of a real server.
/// </summary>
internal static partial class Validation
{
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
        + "(e.g. 'my-name', or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelName = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName', or 'my.name', or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string Port = "must be between 1 and 65535, inclusive";

    /// <summary>Checks an object, and a change of it when there is one before.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static void Check(ResourceKind kind, JsonObject body, JsonObject? before = null)
    {
        var faults = new FieldFaults();
        Metadata(faults, kind, body);
        if (kind.HasScale)
            Workload(faults, kind, body["spec"]);
        else if (kind == KindTable.Pod)
            Pod(faults, body["spec"], "spec", ["Always", "OnFailure", "Never"]);
        else if (kind == KindTable.Service)
            Service(faults, body["spec"]);
        if (before is not null)
            FixedFields.Check(faults, kind, before, body);
        if (faults.Count > 0)
            throw ApiException.Invalid(kind, body.Text("metadata", "name") ?? "", faults);
    }

    private static void Metadata(FieldFaults faults, ResourceKind kind, JsonObject body)
    {
        string name = body.Text("metadata", "name") ?? "";
        bool label = kind == KindTable.Namespace || kind == KindTable.Service;
        if (kind == KindTable.Namespace && name.Contains('.', StringComparison.Ordinal))
            faults.Invalid("metadata.name", name, "must not contain dots");
        else if (kind.Group != KindTable.Rbac && !(label ? LabelPattern() : SubdomainPattern()).IsMatch(name))
            faults.Invalid("metadata.name", name, label ? Label : Subdomain);
        if (name.Length > (label ? 63 : 253))
            faults.Invalid("metadata.name", name, label ? "must be no more than 63 bytes" : "must be no more than 253 characters");
        foreach ((string key, string value) in body.Map("metadata", "labels"))
        {
            string[] parts = key.Split('/', 2);
            if (parts.Length > 1 && !SubdomainPattern().IsMatch(parts[0]))
                faults.Invalid("metadata.labels", key, "prefix part " + (parts[0].Length == 0 ? "must be non-empty" : Subdomain));
            if (parts[^1].Length == 0)
                faults.Invalid("metadata.labels", key, "name part must be non-empty");
            if (!LabelNamePattern().IsMatch(parts[^1]))
                faults.Invalid("metadata.labels", key, LabelName);
            if (value.Length > 0 && !LabelNamePattern().IsMatch(value))
                faults.Invalid("metadata.labels", value, LabelText);
        }
    }

    private static void Workload(FieldFaults faults, ResourceKind kind, JsonNode? spec)
    {
        if (kind == KindTable.StatefulSet && spec.Text("podManagementPolicy") is not ("OrderedReady" or "Parallel") and var policy)
            faults.Invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
        if (spec.Number("replicas") is < 0 and var replicas)
            faults.Invalid("spec.replicas", replicas, "must be greater than or equal to 0");
        bool selects = spec.At("selector") is JsonObject { Count: > 0 };
        if (!selects)
            faults.Required("spec.selector");
        if (!selects || !LabelSelector.FromSpec(spec.At("selector")).Matches(spec.At("template")))
            faults.Invalid("spec.template.metadata.labels", spec.At("template", "metadata", "labels"), "`selector` does not match template `labels`");
        Pod(faults, spec.At("template", "spec"), "spec.template.spec", ["Always"]);
    }

    private static void Pod(FieldFaults faults, JsonNode? spec, string path, string[] restartPolicies)
    {
        if (!spec.Items("containers").Any())
            faults.Required($"{path}.containers");
        foreach ((int index, JsonObject container) in spec.Items("containers").Index())
            Container(faults, container, $"{path}.containers[{index}]", spec.Flag("hostNetwork"));
        faults.OneOf($"{path}.restartPolicy", spec.Text("restartPolicy"), restartPolicies);
    }

    private static void Container(FieldFaults faults, JsonObject container, string path, bool hostNetwork)
    {
        if (string.IsNullOrEmpty(container.Text("name")))
            faults.Required($"{path}.name");
        else if (!LabelPattern().IsMatch(container.Text("name")!))
            faults.Invalid($"{path}.name", container["name"], Label);
        if (string.IsNullOrEmpty(container.Text("image")))
            faults.Required($"{path}.image");
        foreach ((int index, JsonObject port) in container.Items("ports").Index())
        {
            if (port.Number("containerPort") is null or 0)
                faults.Required($"{path}.ports[{index}].containerPort");
            else if (port.Number("containerPort") is not (>= 1 and <= 65535))
                faults.Invalid($"{path}.ports[{index}].containerPort", port["containerPort"], Port);
            if (hostNetwork && port.Number("hostPort") != port.Number("containerPort"))
                faults.Invalid($"{path}.ports[{index}].hostPort", port["hostPort"], "must match `containerPort` when `hostNetwork` is true");
        }

        foreach ((int index, JsonObject _) in container.Items("env").Index().Where(entry => string.IsNullOrEmpty(entry.Item.Text("name"))))
            faults.Required($"{path}.env[{index}].name");
        foreach (string name in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
            Probe(faults, container[name] as JsonObject, $"{path}.{name}");
        faults.OneOf($"{path}.imagePullPolicy", container.Text("imagePullPolicy"), "Always", "IfNotPresent", "Never");
    }

    private static void Probe(FieldFaults faults, JsonObject? probe, string path)
    {
        if (probe is not null && !((string[])["exec", "httpGet", "tcpSocket", "grpc"]).Any(probe.ContainsKey))
            faults.Required(path, "must specify a handler type");
        foreach ((string field, JsonNode? value) in (probe ?? []).Where(pair => pair.Value.Number() < 0))
            faults.Invalid($"{path}.{field}", value, "must be greater than or equal to 0");
    }

    private static void Service(FieldFaults faults, JsonNode? spec)
    {
        if (spec.Text("clusterIP") != "None" && spec.Text("type") != "ExternalName" && !spec.Items("ports").Any())
            faults.Required("spec.ports");
        foreach ((int index, JsonObject port) in spec.Items("ports").Index())
        {
            if (spec.Items("ports").Count() > 1 && string.IsNullOrEmpty(port.Text("name")))
                faults.Required($"spec.ports[{index}].name");
            foreach (string field in (string[])["port", "targetPort"])
            {
                if (port.Number(field) is < 1 or > 65535)
                    faults.Invalid($"spec.ports[{index}].{field}", port[field], Port);
            }
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$")]
    private static partial Regex LabelNamePattern();
}
