using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>The variables of a container's manifest, made as a kubelet makes them.</summary>
internal static class ContainerVariables
{
    /// <summary>The reason why a container waits without end: no ConfigMaps and no Secrets exist here. Or null.</summary>
    public static string? Missing(JsonObject container) => container.Items("envFrom")
        .SelectMany(source => Sources(source, "configMapRef", "secretRef"))
        .Concat(container.Items("env").SelectMany(variable => Sources(variable["valueFrom"], "configMapKeyRef", "secretKeyRef")))
        .FirstOrDefault();

    /// <summary>
    /// The values, by name. A value may refer to those before it and to those that the cluster gives, as <c>$(NAME)</c>; one that is
    /// taken from elsewhere stays as it is. What may be missing and is missing has no variable.
    /// </summary>
    /// <param name="container">Its manifest.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="ofNode">What the node has, by resource: the limit of a container that states none.</param>
    /// <param name="given">What the cluster gives.</param>
    public static Dictionary<string, string> Of(
        JsonObject container, JsonObject pod, JsonNode? ofNode, IEnumerable<KeyValuePair<string, string>> given)
    {
        Dictionary<string, string> variables = new(given, StringComparer.Ordinal);
        foreach (JsonObject variable in container.Items("env"))
        {
            string name = variable.Text("name") ?? "";
            if (variable["valueFrom"] is not JsonObject source)
                variables[name] = ContainerSpec.Expand(variable.Text("value") ?? "", variables);
            else if (source.Text("fieldRef", "fieldPath") is { } path)
                variables[name] = ContainerSpec.Field(pod, path) ?? "";
            else if (source["resourceFieldRef"] is JsonObject resource)
                variables[name] = Amount(resource, container, pod, ofNode);
        }

        return variables;
    }

    private static IEnumerable<string> Sources(JsonNode? source, string configMap, string secret)
    {
        foreach ((string kind, string field) in new[] { ("configmap", configMap), ("secret", secret) })
        {
            if (source.At(field) is JsonObject wanted && !wanted.Flag("optional"))
                yield return $"{kind} \"{wanted.Text("name")}\" not found";
        }
    }

    /// <summary>A limit or a request, in units of the divisor, rounded up: <c>limits.cpu</c> of 250m is 1.</summary>
    private static string Amount(JsonObject reference, JsonObject container, JsonObject pod, JsonNode? ofNode)
    {
        JsonNode? of = reference.Text("containerName") is { Length: > 0 } other
            ? pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers")).FirstOrDefault(item => item.Text("name") == other)
            : container;
        string[] asked = [.. (reference.Text("resource") ?? "").Split('.', 2), ""];
        string? stated = of.At("resources", asked[0], asked[1]).Plain() is { Length: > 0 } text ? text : null;
        stated ??= asked[0] == "limits" ? ofNode.Text(asked[1]) : null;
        decimal unit = Quantity.Parse(reference["divisor"].Plain() is { Length: > 0 } divisor ? divisor : "0").Value;
        decimal amount = Quantity.Parse(stated ?? "0").Value / (unit == 0 ? 1 : unit);
        return Math.Ceiling(amount).ToString("0", CultureInfo.InvariantCulture);
    }
}
