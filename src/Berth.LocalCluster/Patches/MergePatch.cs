using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Patches;

/// <summary>JSON Merge Patch (RFC 7386): objects are merged, null removes a field, any other value replaces it.</summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject fields)
                Apply(target.Child(name), fields);
            else
                target[name] = value.DeepClone();
        }
    }
}
