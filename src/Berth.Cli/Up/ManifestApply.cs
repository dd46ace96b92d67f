using Berth.Cli.Files;
using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>Applies the manifests that the options of <c>berth up</c> name.</summary>
internal static class ManifestApply
{
    /// <summary>Reads all files of the options. A pipe is read to its end, so this can wait for the program that writes to it.</summary>
    /// <returns>The texts, and the file or folder each came from.</returns>
    /// <exception cref="CommandException">A file or folder cannot be read.</exception>
    public static (string Text, string Origin)[] Read(UpOptions options) =>
        [.. options.Files.SelectMany(static path => ManifestFiles.Read(path))];

    /// <summary>Applies all texts together.</summary>
    /// <exception cref="CommandException">The texts contain no objects.</exception>
    public static void Run(LocalCluster.LocalCluster cluster, (string Text, string Origin)[] texts, UpOptions options, TextWriter error)
    {
        ApplyResult result = cluster.Apply(texts, skipUnknownKinds: options.SkipUnknown);
        foreach (string each in result.PassedOver)
            error.WriteLine($"berth: {each} is left out: the local cluster does not have this kind, or it is a hook of helm test.");
        if (result.Applied == 0)
            throw CommandException.Usage("No objects to apply: " +
                $"{string.Join(", ", options.Files)} {(options.Files.Count == 1 ? "has" : "have")} none. Name a file with manifests.");
    }
}
