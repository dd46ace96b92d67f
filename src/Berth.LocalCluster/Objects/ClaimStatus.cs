using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Objects;

/// <summary>The status of a claim. Its folder is created when a pod needs it, so a claim is bound from the start.</summary>
internal static class ClaimStatus
{
    public static JsonObject Of(JsonObject claim) => JsonWriting.Fields(
        ("phase", "Bound"),
        ("accessModes", claim.At("spec", "accessModes")?.DeepClone()),
        ("capacity", claim.At("spec", "resources", "requests")?.DeepClone()));
}
