using System.ComponentModel;
using System.Diagnostics;

namespace Berth.LocalCluster.Manifests;

/// <summary>Manifests from files and folders. A kustomization that only names resources is read here; any other by kubectl.</summary>
internal static class ManifestFiles
{
    private static readonly string[] s_kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    public static IEnumerable<(string Text, string Origin)> Read(string path)
    {
        if (File.Exists(path))
            return [(ReadFile(path), path)];
        if (!Directory.Exists(path))
            throw new LocalClusterException($"{path} is neither a file nor a folder. Name a manifest, or a folder of manifests.");
        string? kustomization = s_kustomizations.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
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
            : [(Kustomize(folder, $"{file} uses {string.Join(", ", others)}, which only kubectl can read"), folder)];
    }

    /// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
    private static string Kustomize(string folder, string why)
    {
        var info = new ProcessStartInfo("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using Process kubectl = Process.Start(info)!;
            Task<string> errors = kubectl.StandardError.ReadToEndAsync();
            string text = kubectl.StandardOutput.ReadToEnd();
            kubectl.WaitForExit();
            return kubectl.ExitCode == 0 ? text : throw new LocalClusterException($"{why}, and that refused it: {errors.Result.Trim()}");
        }
        catch (Win32Exception fault)
        {
            throw new LocalClusterException($"{why}, and there is no kubectl on the PATH. Install it, or give manifests without kustomize.", fault);
        }
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
