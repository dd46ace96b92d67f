using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class LocalFaultTests
{
    [Fact]
    public async Task Impossible_request_is_a_sentence_with_its_exit_code()
    {
        (await BerthProcess.RunAnyAsync("local", "fault", "compact")).AssertRefused(2, "--kubeconfig", "KUBECONFIG");
        (await BerthProcess.RunAnyAsync("local", "fault", "compact", "--kubeconfig", "/nowhere")).AssertRefused(2, "/nowhere");
        (
            await BerthProcess.RunAnyAsync(
                "local", "fault", "cut-api", "--for", "3h", "--kubeconfig", "x")).AssertRefused(2, "--for", "above 3600s");
        using TestFile other = new("apiVersion: v1\nkind: Config\nclusters: []\n");
        (await BerthProcess.RunAnyAsync("local", "fault", "compact", "--kubeconfig", other.Path)).AssertRefused(
            2, "is not a kubeconfig that berth up wrote");
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 1);
        (await up.BerthAsync("local", "fault", "stop-node", "node-7")).AssertRefused(2, "nodes \"node-7\" not found");
        (await up.BerthAsync("local", "fault", "kill-pod", "service-b-0")).AssertOk();
        using TestFile kept = new(await File.ReadAllTextAsync(up.Kubeconfig, TestContext.Current.CancellationToken));
        up.Process.Signal(BerthProcess.Terminate);
        (await up.Process.WaitForEndAsync()).AssertOk();
        (await BerthProcess.RunAnyAsync("local", "fault", "compact", "--kubeconfig", kept.Path)).AssertRefused(3, "does not answer");
    }

    [Fact]
    public async Task Three_replicas_of_A_answer_behind_one_port_with_roles_enforced()
    {
        await using LocalUp up = await LocalUp.StartAsync(
            Programs.Any, 3, "--nodes", "3", "--rbac", "true", "--external-addresses", "true");
        using HttpClient http = new();
        foreach (int pod in (int[])[1, 2, 3])
            Assert.Matches($@"service-a-\S+  127\.\d+\.\d+\.{pod}:8000  ready", up.Process.Out.Text);
        // A replica of A that learned of one pod is ready. It learns of the others a moment later.
        HashSet<string> answers = new(StringComparer.Ordinal);
        await Wait.ForAsync(
            "three different answers",
            async token => answers.Add(await http.GetStringAsync(new Uri(up.Url), token)) && answers.Count == 3 ? answers : null,
            TestContext.Current.CancellationToken);
        for (int i = 0; i < 60; i++)
            answers.Add(await http.GetStringAsync(new Uri(up.Url), TestContext.Current.CancellationToken));
        Assert.Equal(
            [$"127.0.0.1:{up.PortBase}", $"127.0.0.2:{up.PortBase + 1}", $"127.0.0.3:{up.PortBase + 2}"],
            answers.Order(StringComparer.Ordinal));
        BerthResult external = await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "-o", "text", "--address", "external");
        external.AssertOk();
        Assert.Equal($"127.1.0.1:{up.PortBase}\n127.1.0.2:{up.PortBase + 1}\n127.1.0.3:{up.PortBase + 2}", external.Out);
        Assert.Contains("Accepted, but not enforced here: ", up.Process.Out.Text, StringComparison.Ordinal);
    }
}
