using System.ComponentModel;
using System.Diagnostics;
using Berth.Cli.Hosting;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Files;

/// <summary>Manifests from files and folders. A kustomization that only names resources is read here; any other by kubectl.</summary>
internal static class ManifestFiles
{
    private static readonly string[] s_kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>Reads a file, a folder of files, or the resources of a folder's kustomization.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="onUnread">Gets a sentence about each file of a folder that cannot be read. Null makes it an exception.</param>
    /// <returns>The texts, and the file or folder each came from.</returns>
    /// <exception cref="CommandException">There is nothing to read, or it cannot be read.</exception>
    public static IEnumerable<(string Text, string Origin)> Read(string path, Action<string>? onUnread = null)
    {
        if (File.Exists(path))
            return [(YamlFile.ReadText(path), path)];
        if (!Directory.Exists(path))
            throw CommandException.Usage($"{path} is neither a file nor a folder. Name a manifest, or a folder of manifests.");
        if (FindKustomization(path) is { } kustomization)
            return ReadKustomization(path, kustomization, []);
        string[] files =
            [.. Directory.EnumerateFiles(path).Where(static file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json")
                .Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files.SelectMany(file => ReadOne(file, onUnread))
            : throw CommandException.Usage(
                $"{path} has no manifest: recognized file extensions are .json, .yaml and .yml. Name another folder, or a file.");
    }

    private static IEnumerable<(string Text, string Origin)> ReadOne(string file, Action<string>? onUnread)
    {
        try
        {
            return [(YamlFile.ReadText(file), file)];
        }
        catch (CommandException exception) when (onUnread is not null)
        {
            onUnread(exception.Message);
            return [];
        }
    }

    private static string? FindKustomization(string folder) =>
        s_kustomizations.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static IEnumerable<(string Text, string Origin)> ReadKustomization(string folder, string file, IReadOnlyList<string> within)
    {
        string here = Path.GetFullPath(folder);
        if (within.Contains(here, StringComparer.Ordinal))
            throw CommandException.Usage(
                $"{file} leads back to itself: {string.Join(" -> ", within.Append(here))}. Take one of them out of its resources.");
        YamlMappingNode body = YamlFile.Read(file);
        if (body.Children.Count == 0)
            throw CommandException.Usage($"{file} is empty. Name its resources, or remove it.");
        string[] resources = [.. body.Texts("resources")];
        string[] others =
        [
            .. body.Children.Keys.Select(static key => (key as YamlScalarNode)?.Value ?? "a key that is not a text")
                .Where(static key => key is not ("apiVersion" or "kind" or "resources")),
            .. resources.Where(static resource => resource.Contains("://", StringComparison.Ordinal)),
        ];
        return others.Length == 0
            ? resources.SelectMany(resource => ReadResource(here, file, resource, [.. within, here]))
            : [(Kustomize(folder, $"{file} uses {string.Join(", ", others)}, which only kubectl can read"), folder)];
    }

    private static IEnumerable<(string Text, string Origin)> ReadResource(
        string folder, string file, string resource, IReadOnlyList<string> within)
    {
        string path = Path.GetFullPath(resource, folder);
        if (Directory.Exists(path))
        {
            return FindKustomization(path) is { } kustomization
                ? ReadKustomization(path, kustomization, within)
                : throw CommandException.Usage(
                    $"{file} names the folder {resource}, which has no kustomization.yaml. Name its files instead.");
        }

        // kustomize requires this too, so that a folder can be moved as a whole.
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw CommandException.Usage($"{file} names {resource}, which is not in or below its folder, and kustomize refuses that. " +
                "Move the file, or give it a kustomization.");
        return Read(path);
    }

    /// <summary>Returns the output of <c>kubectl kustomize</c> for a folder.</summary>
    private static string Kustomize(string folder, string why)
    {
        ProcessStartInfo info = new(
            "kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
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
            throw CommandException.Usage(
                $"{why}, and there is no kubectl on the PATH. Install it, or give manifests without kustomize.", exception);
        }
    }
}
