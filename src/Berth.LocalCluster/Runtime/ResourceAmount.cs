using Berth.LocalCluster.Fields;

namespace Berth.LocalCluster.Runtime;

/// <summary>A limit or a request of a container, in the form of the downward API.</summary>
internal static class ResourceAmount
{
    /// <summary>The amount in units of the divisor, rounded up: <c>limits.cpu</c> of 250m is 1.</summary>
    public static string Of(JsonObject reference, JsonObject container, JsonObject pod, JsonNode? ofNode)
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
