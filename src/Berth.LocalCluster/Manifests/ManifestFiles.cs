using System.Text.Json.Nodes;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Manifests;

/// <summary>Manifests from files and folders. A kustomization that only names resources is read here; any other needs kubectl.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    public static IEnumerable<(string Text, string Origin)> Read(string path)
    {
        if (File.Exists(path))
        {
            return [(ReadFile(path), path)];
        }

        if (!Directory.Exists(path))
        {
            throw new LocalClusterException($"{path} is neither a file nor a folder. Name a manifest, or a folder of manifests.");
        }

        string? kustomization = Kustomizations.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        return kustomization is null
            ? Directory.EnumerateFiles(path).Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json").Order(StringComparer.Ordinal).Select(file => (ReadFile(file), file))
            : ReadKustomization(path, kustomization);
    }

    private static IEnumerable<(string Text, string Origin)> ReadKustomization(string folder, string file)
    {
        JsonObject body = ManifestReader.ParseYaml(ReadFile(file), file) is [var first, ..] ? first : [];
        List<string> others = [.. body.Select(pair => pair.Key).Where(key => key is not ("apiVersion" or "kind" or "resources"))];
        return others.Count == 0
            ? body.Texts("resources").SelectMany(resource => Read(Path.GetFullPath(resource, Path.GetFullPath(folder))))
            : throw new LocalClusterException(
                $"{file} uses {string.Join(", ", others)}, of which the local cluster only knows resources. Run `kubectl kustomize {folder}` and apply what it prints.");
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LocalClusterException($"{path} cannot be read: {fault.Message}", fault);
        }
    }
}
