using Berth.Cli.Up;
using Berth.LocalCluster;

namespace Berth.Cli.Tests.Up;

/// <summary>The lines about objects that do not match their manifests.</summary>
public sealed class TroubleReportTests
{
    private static readonly ClusterTrouble s_missing = new(
        "Pod", "games", "lobby-0", "CreateContainerConfigError", "Container c: secret \"keys\" not found");

    [Fact]
    public void Reason_and_remedy_are_reported_at_the_second_look()
    {
        TroubleReport report = new("/tmp/kubeconfig");

        Assert.Empty(report.Look([s_missing]));
        Assert.Equal(
            "games/lobby-0: CreateContainerConfigError. Container c: secret \"keys\" not found. Apply it, and the pod continues by itself.",
            Assert.Single(report.Look([s_missing])));
        Assert.Empty(report.Look([]));
        Assert.Empty(report.Look([s_missing]));
    }

    [Fact]
    public void Pod_that_is_merely_not_ready_is_told_after_ten_looks()
    {
        TroubleReport report = new("k");
        ClusterTrouble[] slow = [new("Pod", "games", "lobby-0", "NotReady", "")];
        for (int look = 0; look < 10; look++)
            Assert.Empty(report.Look(slow));

        Assert.Equal(
            "games/lobby-0: NotReady. It runs, and its readiness probe has not succeeded: see its port and path.",
            Assert.Single(report.Look(slow)));
    }

    [Theory]
    [InlineData("CrashLoopBackOff", "logs lobby-0 --previous")]
    [InlineData("Unschedulable", "--nodes gives the cluster more nodes")]
    public void Remedy_fits_the_reason(string reason, string remedy)
    {
        TroubleReport report = new("k");
        ClusterTrouble[] troubles = [new("Pod", "games", "lobby-0", reason, "Text.")];
        report.Look(troubles);

        Assert.Contains(remedy, Assert.Single(report.Look(troubles)), StringComparison.Ordinal);
    }

    [Fact]
    public void Set_without_pods_is_named_with_its_kind()
    {
        TroubleReport report = new("k");
        ClusterTrouble[] troubles = [new("StatefulSet", "games", "lobby", "FailedCreate", "no service account")];
        report.Look(troubles);

        string line = Assert.Single(report.Look(troubles));
        Assert.StartsWith("StatefulSet games/lobby: FailedCreate. no service account.", line, StringComparison.Ordinal);
    }
}
