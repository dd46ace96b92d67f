using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary>The whole of it as processes: the local cluster, service A, service B, and a client.</summary>
public sealed class UpTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Client_reaches_the_given_pod_and_SIGTERM_leaves_nothing_behind(string form)
    {
        await using LocalUp up = await LocalUp.StartAsync(form);
        Assert.Contains($"berth call {up.Url} hello", up.Process.Out.Text, StringComparison.Ordinal);
        Assert.Contains($"curl {up.Url}", up.Process.Out.Text, StringComparison.Ordinal);
        Assert.Matches($@"nc 127\.0\.0\.1 ({up.PortBase}|{up.PortBase + 1}|{up.PortBase + 2})\b", up.Process.Out.Text);
        Assert.Contains($"service-b-2  {up.AddressOf(2)}  ready  node-0", up.Process.Out.Text, StringComparison.Ordinal);

        BerthResult call = await up.BerthAsync("call", up.Url, "good morning", "-o", "json");
        call.AssertOk();
        using JsonDocument document = JsonDocument.Parse(call.Out);
        string address = document.RootElement.GetProperty("address").GetString()!;
        Assert.Contains(address, new[] { up.AddressOf(0), up.AddressOf(1), up.AddressOf(2) });
        Assert.Equal($"{address} good morning", document.RootElement.GetProperty("answer").GetString());

        await up.PodsAsync(3);
        BerthResult endpoints = await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "-o", "text");
        endpoints.AssertOk();
        Assert.Equal($"{up.AddressOf(0)}\n{up.AddressOf(1)}\n{up.AddressOf(2)}", endpoints.Out);

        IReadOnlyList<int> processes = ChildProcesses.Below(up.Process.Id);
        Assert.True(processes.Count >= 4, $"Three pods of B and one of A make four processes, and there are {processes.Count}.");
        up.Process.Signal(BerthProcess.Terminate);
        (await up.Process.WaitForEndAsync()).AssertOk();
        Assert.All(processes, id => Assert.False(ProcessSignals.IsThere(id), $"Process {id} is left."));
        Assert.False(File.Exists(up.Kubeconfig));
        Assert.False(Directory.Exists(Path.GetDirectoryName(up.Kubeconfig)));
    }

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task A_killed_pod_leaves_the_answers_and_comes_back(string form)
    {
        await using LocalUp up = await LocalUp.StartAsync(form);
        using HttpClient http = new() { BaseAddress = new Uri(up.Url) };
        await using BerthProcess watch = BerthProcess.Start(
            form,
            new Dictionary<string, string> { ["KUBECONFIG"] = up.Kubeconfig },
            "watch",
            "k8s-example2/service-b",
            "--base-port",
            up.PortBase.ToString(CultureInfo.InvariantCulture));
        await watch.Out.WaitForLineAsync(static line => line.Contains("joined     service-b-2", StringComparison.Ordinal));
        int seen = watch.Out.Count;

        int killed = ChildProcesses.OfPod(up.Process.Id, "service-b-1") ?? throw new InvalidOperationException(
            "There is no process of service-b-1.");
        ProcessSignals.Send(killed, ProcessSignals.Kill);
        await watch.Out.WaitForLineAsync(static line => line.Contains("not-ready  service-b-1", StringComparison.Ordinal), seen);
        await watch.Out.WaitForLineAsync(static line => line.Contains("  ready      service-b-1", StringComparison.Ordinal), seen);
        await Wait.ForAsync(
            "service A to answer with service-b-1 again",
            async token => await http.GetStringAsync("/", token) == up.AddressOf(1) ? "" : null, Cancelled);
        Assert.NotEqual(killed, ChildProcesses.OfPod(up.Process.Id, "service-b-1"));
        await up.Process.Out.WaitForLineAsync(
            static line => line.Contains("service-b-1", StringComparison.Ordinal) && line.EndsWith("1 restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_A_never_answers_with_a_pod_that_its_list_says_is_gone()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 2);
        using HttpClient http = new() { BaseAddress = new Uri(up.Url) };
        int killed = ChildProcesses.OfPod(up.Process.Id, "service-b-0") ?? throw new InvalidOperationException(
            "There is no process of service-b-0.");
        ProcessSignals.Send(killed, ProcessSignals.Kill);

        // A client that was sent to the dead pod in that instant asks again, and reaches the other.
        BerthResult calls = await up.BerthAsync("call", up.Url, "--count", "20", "-o", "json");
        calls.AssertOk();
        Assert.Equal(20, calls.Out.Split('\n').Length);
    }

    [Fact]
    public async Task An_open_session_does_not_hold_up_the_end()
    {
        // The pod drains far longer than the test waits for the end.
        int port = FreePorts.Take();
        using TestFolder folder = new();
        folder.Write("pod.yaml", $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: service-b-0 }
            spec:
              hostNetwork: true
              terminationGracePeriodSeconds: 700
              containers:
              - name: c
                image: berth
                command: [/berth, echo]
                env:
                - { name: POD_NAME, value: service-b-0 }
                - { name: POD_NAMESPACE, value: default }
                - { name: BERTH_BASE_PORT, value: "{{port}}" }
                - { name: BERTH_DRAIN, value: 10m }
            """);
        await using BerthProcess up = BerthProcess.Start(Programs.Any, null, "up", "-f", folder["pod.yaml"]);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("Every pod is ready ", StringComparison.Ordinal));
        using TcpClient session = await Wait.ForAsync("service-b-0 to listen", token => ConnectAsync(port, token), Cancelled);
        using StreamReader reader = new(session.GetStream());
        await session.GetStream().WriteAsync("hello\n"u8.ToArray(), Cancelled);
        Assert.Equal($"127.0.0.1:{port} hello", await reader.ReadLineAsync(Cancelled));

        up.Signal(BerthProcess.Terminate);
        (await up.WaitForEndAsync()).AssertOk();
    }

    [Fact]
    public async Task Its_pods_go_with_it_when_it_is_killed()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 1);
        IReadOnlyList<int> processes = ChildProcesses.Below(up.Process.Id);
        up.Process.Signal(ProcessSignals.Kill);
        await up.Process.WaitForEndAsync();
        await Wait.ForAsync(
            "the pods' processes to end", _ => Task.FromResult(processes.Any(ProcessSignals.IsThere) ? null : ""), Cancelled);

        // Files that no process was left to remove.
        Directory.Delete(Path.GetDirectoryName(up.Kubeconfig)!, recursive: true);
    }

    [Fact]
    public async Task The_command_line_shows_what_service_A_shows()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 2);
        using JsonDocument page = JsonDocument.Parse(await up.PodsAsync(2));
        JsonElement served = page.RootElement;
        BerthResult result = await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "-o", "json");
        result.AssertOk();
        using JsonDocument shown = JsonDocument.Parse(result.Out);
        foreach (string member in new[] { "target", "endpoints", "leftOut", "portClashes" })
            Assert.True(
                JsonElement.DeepEquals(served.GetProperty(member), shown.RootElement.GetProperty(member)),
                $"{member} differs:\n{served}\n{result.Out}");

        BerthResult table = await up.BerthAsync("get", "endpoints", "k8s-example2/service-b");
        table.AssertOk();
        Assert.Matches(@"^POD +ADDRESS +STATE +NODE +ZONE +PORTS\nservice-b-0 +127\.0\.0\.1:\d+ +ready +node-0 ", table.Out);
    }

    [Fact]
    public async Task Nothing_found_and_no_such_cluster_have_their_exit_codes()
    {
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 0);
        BerthResult none = await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "-o", "text");
        none.AssertRefused(1, "k8s-example2/service-b has no pods");
        (await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "--context", "nowhere")).AssertRefused(2, "nowhere");
        (await up.BerthAsync("call", up.Url)).AssertRefused(1, "has no pod to send a client to");

        // The same kubeconfig, once the cluster is gone.
        using TestFile kept = new(await File.ReadAllTextAsync(up.Kubeconfig, Cancelled));
        up.Process.Signal(up.Process.InterruptOrTerminate());
        (await up.Process.WaitForEndAsync()).AssertOk();
        foreach (string command in new[] { "get endpoints", "watch" })
        {
            BerthResult gone = await BerthProcess.RunAsync(
                Programs.Any, null, [.. command.Split(' '), "k8s-example2/service-b", "--kubeconfig", kept.Path]);
            gone.AssertRefused(3);
        }
    }

    [Fact]
    public async Task A_taken_port_is_exit_code_2_and_starts_nothing()
    {
        using TcpListener holder = new(IPAddress.Loopback, 0);
        holder.Start();
        string port = ((IPEndPoint)holder.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        string portBase = FreePorts.Take(3).ToString(CultureInfo.InvariantCulture);
        BerthResult result = await BerthProcess.RunAnyAsync("up", "--port", port, "--base-port", portBase);
        result.AssertRefused(2, $"Port {port} of 127.0.0.1 is in use by another program", "--port", "--base-port");
    }

    [Fact]
    public async Task The_kubeconfig_is_written_where_asked_and_never_over_another_file()
    {
        using TestFolder folder = new();
        string path = folder["kubeconfig"];
        await using (LocalUp up = await LocalUp.StartAsync(Programs.Any, replicas: 1, "--kubeconfig-out", path))
        {
            Assert.Equal(path, up.Kubeconfig);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            (await up.BerthAsync("get", "endpoints", "k8s-example2/service-b", "-o", "text")).AssertOk();
            up.Process.Signal(BerthProcess.Terminate);
            (await up.Process.WaitForEndAsync()).AssertOk();
        }

        Assert.False(File.Exists(path));
        using TestFile precious = new("the way to a real cluster");
        BerthResult refused = await BerthProcess.RunAnyAsync(
            "up", "--port", $"{FreePorts.Take()}", "--base-port", $"{FreePorts.Take(3)}", "--kubeconfig-out", precious.Path);
        refused.AssertRefused(2, "it exists already");
        Assert.Equal("the way to a real cluster", await File.ReadAllTextAsync(precious.Path, Cancelled));
    }

    [Fact]
    public async Task Program_given_for_the_image_berth_is_used_in_place_of_this_one()
    {
        using TestFolder folder = new();
        folder.Write("pod.yaml", $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: p }
            spec: { restartPolicy: Never, containers: [{ name: c, image: berth, args: ["{{folder["made"]}}"] }] }
            """);
        await using BerthProcess process = BerthProcess.Start(
            Programs.Any, null, ["up", "-f", folder["pod.yaml"], "--image", "berth=/usr/bin/touch"]);
        await process.Out.WaitForLineAsync(static line => line.Contains("Completed", StringComparison.Ordinal));
        Assert.True(File.Exists(folder["made"]));
    }

    private static async Task<TcpClient?> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        TcpClient client = new();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return client;
        }
        catch (SocketException)
        {
            client.Dispose();
            return null;
        }
    }
}
