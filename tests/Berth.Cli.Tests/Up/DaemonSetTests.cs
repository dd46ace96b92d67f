using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Cli.Tests.Deploy;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary><c>deploy/examples/daemonset</c>: one pod on each node, all on one port.</summary>
public sealed class DaemonSetTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_node_has_a_pod_on_the_same_port_and_all_are_found()
    {
        int port = FreePorts.Take();
        string text = port.ToString(CultureInfo.InvariantCulture);
        using TestFolder folder = new();
        string manifest = Checkout.Read("deploy/examples/daemonset/edge.yaml").Replace("7000", text, StringComparison.Ordinal);
        folder.Write("edge.yaml", manifest);
        folder.Write("kustomization.yaml", Checkout.Read("deploy/examples/daemonset/kustomization.yaml"));
        string kubeconfig = folder["kubeconfig"];
        await using BerthProcess up = BerthProcess.Start(
            Programs.Any, null, "up", "--nodes", "3", "-f", folder.Root, "--kubeconfig-out", kubeconfig);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("Every pod is ready ", StringComparison.Ordinal));

        // The slices show a pod a moment after it is ready.
        static string[] Lines(BerthResult result) => result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        BerthResult result = await Wait.UntilAsync(
            () => BerthProcess.RunAsync(
                Programs.Any,
                new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig },
                "get", "endpoints", "k8s-example2/edge", "--fixed-port", text, "-o", "text", "--timeout", "60s"),
            static result => Lines(result).Length == 3, Wait.Limit, "three addresses", Cancelled);

        result.AssertOk();
        string[] addresses = [.. Lines(result).Order(StringComparer.Ordinal)];
        Assert.Equal([$"127.0.0.1:{text}", $"127.0.0.2:{text}", $"127.0.0.3:{text}"], addresses);
        foreach (string address in addresses)
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPEndPoint.Parse(address), Cancelled);
        }
    }

    [Fact]
    public void Command_lines_of_the_example_are_ones_that_the_program_takes()
    {
        Assert.Empty(CommandLines.FaultsOf(["get", "endpoints", "k8s-example2/edge", "--fixed-port", "7000"]));
        Assert.Empty(CommandLines.FaultsOf(["up", "--nodes", "3", "-f", "deploy/examples/daemonset"]));
        Assert.Contains("BERTH_FIXED_PORT", CommandLines.VariablesOf(["echo"]));
    }
}
