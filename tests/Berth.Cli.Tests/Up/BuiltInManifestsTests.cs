using Berth.Cli.Up;

namespace Berth.Cli.Tests.Up;

public sealed class BuiltInManifestsTests
{
    [Fact]
    public void Built_in_manifests_are_those_of_deploy_with_the_given_options()
    {
        string all = string.Join(
            "---\n", BuiltInManifests.Read(new UpOptions([], Replicas: 5, BasePort: 4100, Port: 8123, KubeconfigOut: null)));
        Assert.Contains("kind: Namespace", all, StringComparison.Ordinal);
        Assert.Contains("replicas: 5", all, StringComparison.Ordinal);
        Assert.Contains("value: \"4100\"", all, StringComparison.Ordinal);
        Assert.DoesNotContain("8123", all, StringComparison.Ordinal);
        Assert.DoesNotContain("3000", all, StringComparison.Ordinal);

        // Everything else stays unchanged: these are the manifests that run on a cluster.
        Assert.Contains("readOnlyRootFilesystem: true", all, StringComparison.Ordinal);
        Assert.Contains("podManagementPolicy: Parallel", all, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Kustomization", all, StringComparison.Ordinal);
    }
}
