using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary>The output of <c>berth up -f</c> while pods are not ready, and may never be.</summary>
public sealed class WaitingTests
{
    [Fact]
    public async Task Kubeconfig_and_reasons_are_printed_before_pods_are_ready()
    {
        using TestFolder folder = new();
        string file = folder.Write("pod.yaml", """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: c, image: nowhere, resources: {limits: {memory: 1Gi}}}]}
            """);
        await using BerthProcess up = BerthProcess.Start(Programs.Any, null, "up", "-f", file);

        await up.Out.WaitForLineAsync(
            static line => line.Contains("its pods are starting. kubectl --kubeconfig /", StringComparison.Ordinal));
        await up.Out.WaitForLineAsync(static line => line.StartsWith("Accepted, but not enforced here: ", StringComparison.Ordinal));
        // The table of pods has the word too.
        string reason = await up.Out.WaitForLineAsync(static line =>
            line.Contains("ErrImagePull", StringComparison.Ordinal) && line.Contains("default/p", StringComparison.Ordinal));

        Assert.Contains("--image nowhere=", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Every pod is ready", up.Out.Text, StringComparison.Ordinal);
    }
}
