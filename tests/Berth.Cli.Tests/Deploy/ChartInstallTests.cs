using System.Globalization;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The chart in a cluster of <c>berth up</c>, by a real Helm: installed, upgraded, rolled back and uninstalled.</summary>
public sealed class ChartInstallTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Release_is_installed_tested_upgraded_rolled_back_and_uninstalled(int helm)
    {
        Helm.Require(helm);
        using TestFolder folder = new();
        string kubeconfig = folder["kubeconfig"];
        string manifest = folder["namespace.yaml"];
        await File.WriteAllTextAsync(manifest, "apiVersion: v1\nkind: Namespace\nmetadata: { name: k8s-example2 }\n", Cancelled);
        await using BerthProcess up = BerthProcess.Start(Programs.Any, null, "up", "-f", manifest, "--kubeconfig-out", kubeconfig);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("The cluster answers", StringComparison.Ordinal));
        int basePort = FreePorts.Take(6);
        string[] values =
        [
            "--set", Set($"echo.basePort={basePort}"), "--set", Set($"dispatch.basePort={basePort}"),
            "--set", "dispatch.service.nodePort=null",
        ];

        string[] how = ["--kubeconfig", kubeconfig, "--wait", "--timeout", "60s"];
        await Helm.OkAsync(helm, kubeconfig, ["install", "berth", Helm.Chart, .. how, .. values]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        string status = await Helm.OkAsync(helm, kubeconfig, ["status", "berth", "--kubeconfig", kubeconfig]);
        Assert.Contains("deployed", status, StringComparison.Ordinal);
        if (await Programs.CanMountAsync())
        {
            string tested = await Helm.OkAsync(helm, kubeconfig, ["test", "berth", "--kubeconfig", kubeconfig, "--timeout", "60s"]);
            Assert.Matches("TEST SUITE: +service-a-test", tested);
            Assert.Matches("Phase: +Succeeded", tested);
        }

        await Helm.OkAsync(
            helm, kubeconfig, ["upgrade", "berth", Helm.Chart, .. how, .. values, "--set", "echo.replicas=2"]);
        Assert.Equal(2, await PodsOfBAsync(kubeconfig));

        await Helm.OkAsync(helm, kubeconfig, ["rollback", "berth", "1", .. how]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        string history = await Helm.OkAsync(helm, kubeconfig, ["history", "berth", "--kubeconfig", kubeconfig]);
        Assert.Equal(3, history.Trim().Split('\n').Length - 1);

        await Helm.OkAsync(helm, kubeconfig, ["uninstall", "berth", .. how]);
        Assert.Equal(0, await PodsOfBAsync(kubeconfig));
    }

    private static string Set(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The pods of the StatefulSet that are not on their way out.</summary>
    private static async Task<int> PodsOfBAsync(string kubeconfig)
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any,
            new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig },
            "get", "endpoints", "k8s-example2/service-b", "--base-port", "3000", "-o", "text", "--timeout", "30s");
        return result.ExitCode == 0 ? result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length : 0;
    }
}
