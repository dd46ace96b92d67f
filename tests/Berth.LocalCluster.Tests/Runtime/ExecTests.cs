using System.Net.WebSockets;
using System.Text;
using Berth.LocalCluster.Clients;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Additional commands in a container.</summary>
public sealed class ExecTests
{
    private const string Pod = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings, namespace: k8s-example2 }
        data: { MODE: arena }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: p, namespace: k8s-example2 }
        spec:
          volumes: [{ name: conf, configMap: { name: settings } }]
          containers:
          - name: c
            image: k8s-example2
            command: [/bin/sh, -c, "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"]
            env: [{ name: OWN, value: mine }]
            volumeMounts: [{ name: conf, mountPath: /berth-exec }]
        """;

    [Fact]
    public async Task Command_has_the_variables_and_the_files_of_its_container()
    {
        await using TestCluster test = await StartAsync();

        Assert.Equal("mine arena\n", await Kubectl.RunAsync(test, "exec", "p", "--", "sh", "-c", "echo $OWN $(cat /berth-exec/MODE)"));
    }

    [Fact]
    public async Task Exit_code_and_errors_are_those_of_the_command()
    {
        await using TestCluster test = await StartAsync();

        (int code, string output, string errors) = await Kubectl.TryAsync(
            test.Cluster.KubeconfigPath, "exec", "p", "-c", "c", "--", "sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal((3, "out\n", "err\ncommand terminated with exit code 3\n"), (code, output, errors));
    }

    [Fact]
    public async Task Command_that_is_not_there_and_pod_that_does_not_run_are_reported()
    {
        await using TestCluster test = await StartAsync();

        Assert.Contains("No such file", await Kubectl.FailAsync(test, "exec", "p", "--", "/no/such"), StringComparison.Ordinal);
        Assert.Contains(
            "container other is not valid for pod p",
            await Kubectl.FailAsync(test, "exec", "p", "-c", "other", "--", "true"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_reaches_the_command_and_its_end_too()
    {
        await using TestCluster test = await StartAsync();
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        Uri uri = new UriBuilder(test.Http.BaseAddress!)
        {
            Scheme = "wss",
            Path = "/api/v1/namespaces/k8s-example2/pods/p/exec",
            Query = "command=cat&stdin=true&stdout=true",
        }.Uri;
        using HttpMessageInvoker invoker = test.NewInvoker();
        socket.Options.SetRequestHeader("Authorization", test.Http.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(uri, invoker, TestCluster.Token);

        await socket.SendAsync("\0hello"u8.ToArray(), WebSocketMessageType.Binary, true, TestCluster.Token);
        await socket.SendAsync(new byte[] { 255, 0 }, WebSocketMessageType.Binary, true, TestCluster.Token);

        Assert.Equal("\u0001hello", await ReceiveAsync(socket));
        Assert.Equal("\u0003{\"metadata\":{},\"status\":\"Success\"}", await ReceiveAsync(socket));
    }

    [Fact]
    public async Task Command_of_a_client_that_is_gone_is_ended()
    {
        using TestFolder folder = new();
        string pipe = folder["pipe"];
        await using TestCluster test = await StartAsync();
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        Uri uri = new UriBuilder(test.Http.BaseAddress!)
        {
            Scheme = "wss",
            Path = "/api/v1/namespaces/k8s-example2/pods/p/exec",
            Query = $"command=sh&command=-c&command=mkfifo+{pipe};echo+made;exec+sleep+600+>{pipe}&stdin=true&stdout=true",
        }.Uri;
        using HttpMessageInvoker invoker = test.NewInvoker();
        socket.Options.SetRequestHeader("Authorization", test.Http.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(uri, invoker, TestCluster.Token);
        Assert.Equal("\u0001made\n", await ReceiveAsync(socket));

        // The command has the pipe open until it ends. To open it waits for the command.
        await using FileStream end = await Task.Run(
            () => new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), TestCluster.Token);
        socket.Abort();

        Assert.Equal(0, await end.ReadAsync(new byte[1], TestCluster.Token));
    }

    private static async Task<TestCluster> StartAsync()
    {
        TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram> { ["k8s-example2"] = new("/bin/sh") },
            Manifests = [TestManifests.Namespace, Pod],
        });
        await test.WaitReadyAsync(1);
        return test;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[4096];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, TestCluster.Token);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
