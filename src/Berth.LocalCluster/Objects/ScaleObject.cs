using Berth.LocalCluster.Json;
using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Objects;

/// <summary>The content of the subresource <c>scale</c>.</summary>
internal static class ScaleObject
{
    public static JsonObject Of(JsonObject body)
    {
        string[] kept = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];
        string selector = LabelSelector.Pairs(body.At("spec", "selector", "matchLabels"));
        return JsonWriting.Fields(
            ("kind", "Scale"),
            ("apiVersion", "autoscaling/v1"),
            ("metadata", JsonWriting.Fields(kept.Select(field => (field, body.At("metadata", field)?.DeepClone())))),
            ("spec", new JsonObject { ["replicas"] = body.Number("spec", "replicas") ?? 0 }),
            ("status", new JsonObject { ["replicas"] = body.Number("status", "replicas") ?? 0, ["selector"] = selector }));
    }
}
