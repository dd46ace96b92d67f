using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Cli.Tests.Running;
using Berth.TestKit.Dns;

namespace Berth.Cli.Tests.Commands;

public sealed class DoctorTests
{
    private const string Target = "k8s-example2/service-b";

    [Fact]
    public async Task Local_cluster_is_well()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 2);
        await using ScriptedDnsServer dns = new(TestZone.Headless([("service-b-0", "127.0.0.1"), ("service-b-1", "127.0.0.1")]));
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false, "doctor", Target, "--kubeconfig", up.Kubeconfig, "--base-port", Text(up.PortBase), "--url", up.Url,
            "--echo", "true", "--dns-server", dns.EndPoint.ToString(), "--timeout", "60s");
        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        string[] lines = result.Out.TrimEnd('\n').Split('\n');
        Assert.All(lines, static line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        string[] names =
        [
            "access", "server", "clock", "identity", "rights", "list", "watch", "hostnames", "role", "pods", "left-out", "tcp", "udp",
            "dispatcher", "agreement", "dns",
        ];
        Assert.Equal(names, lines.Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Contains("List and watch are allowed by Role service-a (ServiceAccount service-a).", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_Role_is_reported_with_the_rule_that_it_needs()
    {
        BerthResult result = await RunAsync(new SlicesServer { IsForbidden = true });
        Assert.Equal(1, result.ExitCode);
        AssertLine(result, "failed", "list", "does not list EndpointSlices of k8s-example2: User \"me\" cannot do this");
        AssertLine(result, "failed", "watch", "User \"me\" cannot do this");
        AssertLine(result, "skipped", "role", "may not read Roles");
        Assert.Contains("Remedy: Bind this account to a Role in k8s-example2 with apiGroups", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_and_its_rights_are_named()
    {
        const string User = "system:serviceaccount:games:reader";
        BerthResult allowed = await RunAsync(new SlicesServer { User = User }, "--address", "external-or-internal");
        AssertLine(allowed, "ok", "identity", $"The API server sees {User}, of players.");
        AssertLine(
            allowed, "ok", "rights",
            "may list endpointslices of k8s-example2, watch endpointslices of k8s-example2, list nodes, watch nodes.");
        BerthResult refused = await RunAsync(new SlicesServer { User = User, IsForbidden = true });
        AssertLine(
            refused, "failed", "rights",
            "may not list endpointslices of k8s-example2, watch endpointslices of k8s-example2.");
        BerthResult silent = await RunAsync(new SlicesServer());
        AssertLine(silent, "skipped", "identity", "does not say who asks: User \"me\" cannot do this.");
        AssertLine(silent, "skipped", "rights", "does not state the rights of this account");
    }

    [Fact]
    public async Task Token_of_a_file_is_shown_to_the_dispatcher()
    {
        using TestFile token = new("secret-of-doctor\n");
        await using FakeServiceA dispatcher = await FakeServiceA.StartAsync(static () => """{"detail": "A token is needed."}""", 401);
        BerthResult without = await RunAsync(new SlicesServer(), "--url", dispatcher.Url);
        AssertLine(without, "failed", "dispatcher", "A token is needed.");
        Assert.Contains(
            "Remedy: Give a token that may read k8s-example2/service-b with --url-token-file.", without.Out, StringComparison.Ordinal);
        Assert.Null(dispatcher.Authorization);
        BerthResult with = await RunAsync(new SlicesServer(), "--url", dispatcher.Url, "--url-token-file", token.Path);
        Assert.Equal("Bearer secret-of-doctor", dispatcher.Authorization);
        Assert.DoesNotContain("secret-of-doctor", with.Out + with.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_for_the_dispatcher_that_cannot_be_used_are_told_together()
    {
        using TestFile empty = new(" \n");
        BerthResult result = await RunAsync(
            new SlicesServer(), "--url", "https://127.0.0.1:1", "--url-token-file", empty.Path, "--url-ca", empty.Path);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is not a file with one token", result.Error, StringComparison.Ordinal);
        Assert.Contains("contains no certificate", result.Error, StringComparison.Ordinal);
        BerthResult alone = await RunAsync(new SlicesServer(), "--url-token-file", empty.Path + ".none");
        Assert.Contains("--url-token-file has no meaning without --url", alone.Error, StringComparison.Ordinal);
        Assert.Contains(".none cannot be read", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_of_a_Service_is_enough_in_a_pod()
    {
        await using FakeKubernetes kubernetes = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        using TestFile kubeconfig = new(File.ReadAllText(kubernetes.Kubeconfig).Replace(
            "user: test }", "user: test, namespace: k8s-example2 }", StringComparison.Ordinal));
        string[] get = ["get", "endpoints", "service-b", "--base-port", "3000", "-o", "text", "--kubeconfig", kubeconfig.Path];
        BerthResult inPod = await InProcess.RunInPodAsync(get);
        Assert.True(inPod.Out == "127.0.0.1:3000\n", inPod.Out + inPod.Error);
        BerthResult elsewhere = await InProcess.RunAsync("", isPlugin: false, get);
        Assert.Equal(2, elsewhere.ExitCode);
        BerthResult withoutCluster = await InProcess.RunInPodAsync(
            "get", "endpoints", "service-b", "--kubeconfig", kubeconfig.Path + ".none");
        Assert.Equal(2, withoutCluster.ExitCode);
    }

    [Fact]
    public async Task Slices_without_hostnames_are_a_warning()
    {
        using TcpListener listener = Listen();
        BerthResult result = await RunAsync(
            new SlicesServer { WithHostNames = false, Pods = ["service-b-0"] }, "--base-port", PortOf(listener));
        Assert.Equal(0, result.ExitCode);
        AssertLine(result, "warning", "hostnames", "0 of 1 endpoints have a hostname");
    }

    [Fact]
    public async Task Pod_that_does_not_accept_is_named()
    {
        using TcpListener listener = Listen();
        string port = Text(FreePorts.Take());
        BerthResult result = await RunAsync(
            new SlicesServer { Pods = ["service-b-0"] }, "--fixed-port", $"game={PortOf(listener)},admin={port}");
        Assert.Equal(1, result.ExitCode);
        AssertLine(result, "failed", "tcp", $"1 of 2 ports do not answer over TCP from here: service-b-0 127.0.0.1:{port} (refused).");
    }

    [Fact]
    public async Task Datagrams_that_are_not_answered_are_reported()
    {
        using TcpListener listener = Listen();
        using UdpClient silent = new(new IPEndPoint(IPAddress.Loopback, 0));
        string port = Text(((IPEndPoint)silent.Client.LocalEndPoint!).Port);
        await using FakeKubernetes kubernetes = await FakeKubernetes.StartAsync(new SlicesServer { Pods = ["service-b-0"] }.AnswerAsync);
        TestClock clock = new(DateTimeOffset.UtcNow);
        Task<BerthResult> running = InProcess.RunAsync(
            clock, "doctor", Target, "--kubeconfig", kubernetes.Kubeconfig, "--fixed-port", port, "--echo", "true", "--timeout", "300ms");
        for (int i = 0; i < 3; i++)
        {
            // The limit of a datagram is set before it is sent, and it is the only one that passes.
            Task<UdpReceiveResult> received = silent.ReceiveAsync(TestContext.Current.CancellationToken).AsTask();
            await received.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromMilliseconds(300));
        }

        BerthResult result = await running;
        AssertLine(result, "failed", "udp", $"service-b-0 127.0.0.1:{port} (no answer).");
    }

    [Fact]
    public async Task Pods_that_are_left_out_are_named_with_their_reason()
    {
        BerthResult result = await RunAsync(new SlicesServer { Pods = ["service-b-0", "service-b-1", "postgresql-0"] });
        AssertLine(result, "warning", "left-out", "1 pod left out (other-set): postgresql-0.");
        AssertLine(result, "warning", "several-sets", "postgresql");
    }

    [Theory]
    [InlineData(30, "warning", "s ahead of the one here")]
    [InlineData(-7200, "failed", "s behind the one here")]
    public async Task Wrong_clock_is_reported(int seconds, string state, string words) => AssertLine(
        await RunAsync(new SlicesServer { Ahead = TimeSpan.FromSeconds(seconds) }), state, "clock", words);

    [Fact]
    public async Task Server_that_is_too_old_is_reported() => AssertLine(
        await RunAsync(new SlicesServer { Version = "v1.20.15" }), "failed", "server", "Kubernetes v1.20.15 has no EndpointSlices");

    [Fact]
    public async Task Dispatcher_that_is_not_there_is_reported()
    {
        string url = $"http://127.0.0.1:{Text(FreePorts.Take())}";
        BerthResult result = await RunAsync(new SlicesServer(), "--url", url);
        AssertLine(result, "failed", "dispatcher", $"{url}: It did not answer:");
        AssertLine(await RunAsync(new SlicesServer(), "--url", "http://nowhere.invalid"), "failed", "dispatcher", "cannot be resolved");
        AssertLine(await RunAsync(new SlicesServer()), "skipped", "dispatcher", "No dispatcher is named.");
    }

    [Theory]
    [InlineData("live", 200, "failed", "agreement", "EndpointSlices differ in service-b-0, service-b-1.")]
    [InlineData("stale", 200, "failed", "dispatcher", "is stale: it is away")]
    [InlineData("live", 404, "failed", "dispatcher", "It is not followed here.")]
    public async Task Dispatcher_that_differs_or_is_ill_is_reported(string state, int status, string outcome, string check, string words)
    {
        await using FakeServiceA dispatcher = await FakeServiceA.StartAsync(
            () => $$"""{"state": "{{state}}", "reason": "it is away", "endpoints": [], "detail": "It is not followed here."}""", status);
        AssertLine(await RunAsync(new SlicesServer(), "--url", dispatcher.Url), outcome, check, words);
    }

    [Fact]
    public async Task Page_of_another_program_is_reported()
    {
        await using FakeServiceA dispatcher = await FakeServiceA.StartAsync(static () => "<html>");
        AssertLine(
            await RunAsync(new SlicesServer(), "--url", dispatcher.Url), "failed", "dispatcher", "What answers there is not service A.");
    }

    [Fact]
    public async Task Dns_that_disagrees_is_reported()
    {
        await using ScriptedDnsServer dns = new(TestZone.Headless([("service-b-1", "10.88.0.9"), ("service-b-2", "10.88.0.10")]));
        BerthResult result = await RunAsync(new SlicesServer(), "--dns-server", dns.EndPoint.ToString());
        AssertLine(
            result, "failed", "dns", "DNS lacks service-b-0; only DNS has service-b-2; DNS has another address for service-b-1.");
    }

    [Fact]
    public async Task Cluster_that_is_not_there_is_exit_code_3_and_the_rest_is_checked()
    {
        using TestFile kubeconfig = new(FakeKubernetes.KubeconfigFor($"http://127.0.0.1:{Text(FreePorts.Take())}"));
        await using ScriptedDnsServer dns = new(TestZone.Headless([("service-b-0", "127.0.0.1")]));
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false, "doctor", Target, "--kubeconfig", kubeconfig.Path, "--dns-server", dns.EndPoint.ToString());
        Assert.Equal(3, result.ExitCode);
        AssertLine(result, "failed", "server", "refused");
        AssertLine(result, "ok", "dns", "DNS names 1 pod");
        BerthResult none = await InProcess.RunAsync("", isPlugin: false, "doctor", Target, "--kubeconfig", kubeconfig.Path + ".none");
        Assert.Equal(3, none.ExitCode);
        AssertLine(none, "failed", "access", ".none");
    }

    [Fact]
    public async Task Json_has_every_check()
    {
        BerthResult result = await RunAsync(new SlicesServer { IsForbidden = true }, "-o", "json");
        JsonElement root = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(Target, root.GetProperty("target").GetString());
        Assert.Equal(3, root.GetProperty("failed").GetInt32());
        Assert.Contains(
            root.GetProperty("checks").EnumerateArray(),
            static check => check.GetProperty("name").GetString() == "list" && check.GetProperty("state").GetString() == "failed"
                && check.GetProperty("remedy").GetString()!.Contains("Role", StringComparison.Ordinal));
    }

    private static async Task<BerthResult> RunAsync(SlicesServer server, params string[] more)
    {
        await using FakeKubernetes kubernetes = await FakeKubernetes.StartAsync(server.AnswerAsync);
        return await InProcess.RunAsync("", isPlugin: false, ["doctor", Target, "--kubeconfig", kubernetes.Kubeconfig, .. more]);
    }

    private static void AssertLine(BerthResult result, string state, string check, string words) => Assert.True(
        result.Out.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, var second, ..]
            && first == state && second == check && line.Contains(words, StringComparison.Ordinal)),
        $"There is no line '{state} {check} ... {words}':\n{result.Out}{result.Error}");

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string PortOf(TcpListener listener) => Text(((IPEndPoint)listener.LocalEndpoint).Port);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
