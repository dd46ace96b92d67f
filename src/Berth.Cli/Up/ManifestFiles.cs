using System.ComponentModel;
using System.Diagnostics;
using Berth.Cli.Hosting;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Up;

/// <summary>Manifests from files and folders. A kustomization that only names resources is read here; any other by kubectl.</summary>
internal static class ManifestFiles
{
    private static readonly string[] s_kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>Reads a file, a folder of files, or what the kustomization of a folder names.</summary>
    /// <returns>The texts, and the file or folder each came from.</returns>
    public static IEnumerable<(string Text, string Origin)> Read(string path)
    {
        if (File.Exists(path))
            return [(YamlFile.ReadText(path), path)];
        if (!Directory.Exists(path))
            throw CommandException.Usage($"{path} is neither a file nor a folder. Name a manifest, or a folder of manifests.");
        string? kustomization = s_kustomizations.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        return kustomization is null
            ? Directory.EnumerateFiles(path).Where(static file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json").Order(StringComparer.Ordinal)
                .Select(static file => (YamlFile.ReadText(file), file))
            : ReadKustomization(path, kustomization);
    }

    private static IEnumerable<(string Text, string Origin)> ReadKustomization(string folder, string file)
    {
        YamlMappingNode body = YamlFile.Read(file);
        string[] others = [.. body.Children.Keys.Select(static key => key.ToString()).Where(static key => key is not ("apiVersion" or "kind" or "resources"))];
        return others.Length == 0
            ? body.Texts("resources").SelectMany(resource => Read(Path.GetFullPath(resource, Path.GetFullPath(folder))))
            : [(Kustomize(folder, $"{file} uses {string.Join(", ", others)}, which only kubectl can read"), folder)];
    }

    /// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
    private static string Kustomize(string folder, string why)
    {
        ProcessStartInfo info = new("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using Process kubectl = Process.Start(info)!;
            Task<string> errors = kubectl.StandardError.ReadToEndAsync();
            string text = kubectl.StandardOutput.ReadToEnd();
            kubectl.WaitForExit();
            return kubectl.ExitCode == 0 ? text : throw CommandException.Usage($"{why}, and that refused it: {errors.Result.Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw CommandException.Usage($"{why}, and there is no kubectl on the PATH. Install it, or give manifests without kustomize.", exception);
        }
    }
}
