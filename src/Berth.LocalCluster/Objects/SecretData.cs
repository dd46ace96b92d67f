using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Objects;

/// <summary>The two forms of a Secret's values: <c>stringData</c> is text, is moved into <c>data</c>, and is never stored.</summary>
internal static class SecretData
{
    public static void Merge(JsonObject secret)
    {
        foreach ((string key, string text) in secret.Map("stringData").ToList())
            secret.Child("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        secret.Remove("stringData");
        if (secret["data"] is JsonObject { Count: 0 })
            secret.Remove("data");
    }
}
