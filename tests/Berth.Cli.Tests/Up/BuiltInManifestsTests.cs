using Berth.Cli.Up;

namespace Berth.Cli.Tests.Up;

public sealed class BuiltInManifestsTests
{
    [Fact]
    public void Are_the_files_of_deploy_with_only_what_was_asked_for_changed()
    {
        string all = string.Join(
            "---\n", BuiltInManifests.Read(new UpPlan([], Replicas: 5, BasePort: 4100, Port: 8123, KubeconfigOut: null)));
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
