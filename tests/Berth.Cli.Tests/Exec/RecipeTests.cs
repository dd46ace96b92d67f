using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Exec;

/// <summary>
/// The recipes of <c>docs/exec.md</c>, run by a shell with other programs in place of the servers, up to the arguments that these get.
/// </summary>
public sealed partial class RecipeTests
{
    private const string Address = "203.0.113.7";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kafka_advertises_the_address_of_its_pod()
    {
        (string told, int[] ports) = await RunAsync(
            "kafka-server-start.sh", "shift; while [ $# -gt 0 ]; do [ \"$1\" = --override ] && echo \"$2\"; shift 2; done");
        Assert.Equal(
            $"node.id=2\nlisteners=PLAINTEXT://:{ports[0]}\nadvertised.listeners=PLAINTEXT://{Address}:{ports[0]}\n", told);
    }

    [Fact]
    public async Task Nats_advertises_the_address_of_its_pod()
    {
        (string told, int[] ports) = await RunAsync("nats-server", "echo \"$@\"");
        Assert.Equal(
            $"--name game-2 --port {ports[0]} --client_advertise {Address}:{ports[0]} --cluster nats://0.0.0.0:{ports[1]}\n", told);
    }

    [Fact]
    public async Task LiveKit_has_the_address_and_the_ports_of_its_pod()
    {
        (string told, int[] ports) = await RunAsync("livekit-server", "echo \"$2\"; echo ---; echo \"$4\"");
        YamlStream documents = [];
        documents.Load(new StringReader(told));
        Assert.Equal(Address, ((YamlScalarNode)documents.Documents[0].RootNode).Value);
        YamlNode configuration = documents.Documents[1].RootNode;
        Assert.Equal(Text(ports[0]), ((YamlScalarNode)configuration["port"]).Value);
        Assert.Equal(Text(ports[1]), ((YamlScalarNode)configuration["rtc"]["tcp_port"]).Value);
        Assert.Equal(Text(ports[2]), ((YamlScalarNode)configuration["rtc"]["udp_port"]).Value);
    }

    /// <summary>Runs the line of the document that starts a program, on free ports, as the pod game-2.</summary>
    private static async Task<(string Told, int[] Ports)> RunAsync(string program, string standIn)
    {
        string line = Checkout.Read("docs/exec.md").Split('\n')
            .Single(line => line.StartsWith("berth exec ", StringComparison.Ordinal)
                && line.Contains(program, StringComparison.Ordinal));
        List<int> ports = [];
        line = BasePort().Replace(line, _ =>
        {
            int basePort = FreePorts.Take(3);
            ports.Add(basePort + 2);
            return Text(basePort);
        });
        using TestFolder folder = new();
        folder.WriteScript(program, standIn);
        folder.WriteScript("berth", $"exec dotnet {Path.Combine(AppContext.BaseDirectory, "Berth.Cli.dll")} \"$@\"");
        ProcessStartInfo info = new("sh", ["-c", line]) { RedirectStandardOutput = true, UseShellExecute = false };
        info.Environment["PATH"] = $"{folder.Root}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach ((string name, string value) in ExecRun.Pod(("POD_ADDRESS", Address)))
            info.Environment[name] = value;
        using Process shell = Process.Start(info)!;
        string told = await shell.StandardOutput.ReadToEndAsync(Cancelled).WaitAsync(Wait.Limit, Cancelled);
        await shell.WaitForExitAsync(Cancelled);
        Assert.Equal(0, shell.ExitCode);
        return (told, [.. ports]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Within --base-port alone: 9092, or the numbers of client=4222,cluster=6222.
    [GeneratedRegex(@"(?<=--base-port ([a-z]+=\d+,)*([a-z]+=)?)\d+", RegexOptions.ExplicitCapture)]
    private static partial Regex BasePort();
}
