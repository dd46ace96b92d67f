using System.Text;
using Berth.LocalCluster;
using Berth.LocalCluster.Manifests;

namespace Berth.Fuzz.Targets;

/// <summary>Manifests of the local cluster: YAML, JSON, and charts that were not rendered.</summary>
internal static class ManifestTarget
{
    // A YAML parser makes several objects of each character, and an alias of a few characters stands for many values.
    public static FuzzTarget Yaml { get; } = new(
        "manifest", Read, static exception => exception is LocalClusterException, BytesPerByte: 16_000);

    private static void Read(byte[] input) => ManifestReader.ParseYaml(Encoding.UTF8.GetString(input), "fuzzed");
}
