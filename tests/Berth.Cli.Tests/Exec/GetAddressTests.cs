using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary><c>berth get address</c> against service A of a local cluster.</summary>
public sealed class GetAddressTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pod_learns_its_address_from_service_A()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 2);
        using TestFolder folder = new();
        Dictionary<string, string> pod = new() { ["POD_NAME"] = "service-b-1", ["POD_NAMESPACE"] = "k8s-example2" };
        string[] ask = ["get", "address", "--from", up.Url];
        BerthResult found = await BerthProcess.RunAsync(Programs.Any, pod, [.. ask, "--env-file", folder["env"]]);
        found.AssertOk();
        Assert.Equal(up.AddressOf(1), found.Out);
        Assert.Equal(
            $"POD_ADDRESS=127.0.0.1\nPOD_PORT={up.PortBase + 1}\nPOD_AUTHORITY={up.AddressOf(1)}\n",
            await File.ReadAllTextAsync(folder["env"], Cancelled));

        BerthResult json = await BerthProcess.RunAsync(Programs.Any, pod, [.. ask, "k8s-example2/service-b", "-o", "json"]);
        json.AssertOk();
        using JsonDocument shown = JsonDocument.Parse(json.Out);
        Assert.Equal("service-b-1", shown.RootElement.GetProperty("pod").GetString());

        Dictionary<string, string> inside = new(pod) { ["POD_IP"] = "127.0.0.1" };
        (await BerthProcess.RunAsync(Programs.Any, inside, [.. ask, "--external"]))
            .AssertRefused(1, "which is the pod's own address", "--address external");
        Dictionary<string, string> other = new(pod) { ["POD_UID"] = "of-another-life" };
        await TimedRun.AssertRefusedAsync(
            timeout => BerthProcess.RunAsync(Programs.Any, other, [.. ask, "--timeout", timeout]),
            static timeout => [$"did not state the address of service-b-1 within {timeout}", "and this one is of-another-life"]);
        Dictionary<string, string> unknown = new(pod) { ["POD_NAME"] = "service-b-9" };
        await TimedRun.AssertRefusedAsync(
            timeout => BerthProcess.RunAsync(Programs.Any, unknown, [.. ask, "--timeout", timeout]), static _ => ["It has 2 pods"]);
    }

    [Fact]
    public async Task Faults_of_the_command_line_are_told_together()
    {
        Dictionary<string, string> pod = new() { ["POD_NAME"] = "agent-x7k2p" };
        (await BerthProcess.RunAsync(Programs.Any, pod, "get", "address"))
            .AssertRefused(2, "The address of service A is not given", "The Service of agent-x7k2p is not known");
    }
}
