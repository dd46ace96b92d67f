using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Patches;

/// <summary>RFC 7386: objects are merged, null removes, all else replaces.</summary>
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
