using Berth.Cli.Files;
using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>Applies the manifests that the options of <c>berth up</c> name.</summary>
internal static class ManifestApply
{
    /// <summary>Applies all files of the options together.</summary>
    /// <exception cref="CommandException">The files contain no objects.</exception>
    public static void Run(LocalCluster.LocalCluster cluster, UpOptions options, TextWriter error)
    {
        ApplyResult result = cluster.Apply(
            options.Files.SelectMany(static path => ManifestFiles.Read(path)).ToArray(), skipUnknownKinds: options.SkipUnknown);
        foreach (string each in result.PassedOver)
            error.WriteLine($"berth: {each} is left out: the local cluster does not have this kind, or it is a hook of helm test.");
        if (result.Applied == 0)
            throw CommandException.Usage("No objects to apply: " +
                $"{string.Join(", ", options.Files)} {(options.Files.Count == 1 ? "has" : "have")} none. Name a file with manifests.");
    }
}
