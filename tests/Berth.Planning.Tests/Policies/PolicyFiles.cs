using System.Text.Json.Nodes;
using Berth.Manifests;

namespace Berth.Planning.Policies;

/// <summary>The objects of deploy/policies.</summary>
internal static class PolicyFiles
{
    public static string Folder => Path.Combine(Checkout.Root, "deploy/policies");

    public static IReadOnlyList<JsonObject> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal)
            .Where(static file => Path.GetFileName(file) != "kustomization.yaml")
            .SelectMany(static file => ManifestText.Read(File.ReadAllText(file), file)).Select(static each => each.Body),
    ];

    /// <summary>A copy of a value of one of them.</summary>
    public static JsonNode Object(string yaml) => ManifestText.Read(yaml, "test").Single().Body;
}
