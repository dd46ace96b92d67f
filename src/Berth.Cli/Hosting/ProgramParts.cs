using System.Diagnostics.CodeAnalysis;

namespace Berth.Cli.Hosting;

/// <summary>The parts that this program was built with. The Native AOT program contains no other part.</summary>
internal static class ProgramParts
{
    /// <summary>
    /// False in the image (<c>deploy/image/publish --image</c>): a pod runs no cluster, and without it each pod's program takes 3 MB less
    /// memory.
    /// </summary>
    [FeatureSwitchDefinition("Berth.Cli.LocalCluster")]
    public static bool HasLocalCluster => !AppContext.TryGetSwitch("Berth.Cli.LocalCluster", out bool on) || on;

    /// <summary>False in the image: plans are made where manifests are, on a developer's machine and in CI.</summary>
    [FeatureSwitchDefinition("Berth.Cli.Planning")]
    public static bool HasPlanning => !AppContext.TryGetSwitch("Berth.Cli.Planning", out bool on) || on;
}
