using System.Globalization;
using System.Text.Json;

namespace Berth.Cli.Tests.Running;

/// <summary>A ready <c>berth up</c> on separate ports.</summary>
internal sealed class LocalUp : IAsyncDisposable
{
    private LocalUp(BerthProcess process, string form, int portBase, int port)
    {
        Process = process;
        Form = form;
        PortBase = portBase;
        Port = port;
    }

    public BerthProcess Process { get; }

    public string Form { get; }

    public int PortBase { get; }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public string Kubeconfig { get; private set; } = "";

    /// <summary>Starts it, and waits until it says that it is ready.</summary>
    public static async Task<LocalUp> StartAsync(string form, int replicas = 3, params string[] more)
    {
        int portBase = FreePorts.Take(replicas + 3);
        int port = FreePorts.Take();
        BerthProcess process = BerthProcess.Start(
            form,
            null,
            ["up", "--replicas", Text(replicas), "--base-port", Text(portBase), "--port", Text(port), .. more]);
        LocalUp up = new(process, form, portBase, port);
        try
        {
            await process.Out.WaitForLineAsync(static line => line.StartsWith("Ready after ", StringComparison.Ordinal));
            string line = await process.Out.WaitForLineAsync(
                static line => line.StartsWith("The kubeconfig is ", StringComparison.Ordinal));
            up.Kubeconfig = line["The kubeconfig is ".Length..];
            return up;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PortBase + ordinal}");

    /// <summary>Runs a command against it. A command with a timeout gets a long one, because the machine may be busy.</summary>
    public Task<BerthResult> BerthAsync(params string[] args)
    {
        Dictionary<string, string> environment = new() { ["KUBECONFIG"] = Kubeconfig, ["BERTH_BASE_PORT"] = Text(PortBase) };
        bool waits = args is ["call", ..] or ["get", "endpoints", ..];
        return BerthProcess.RunAsync(Form, environment, waits ? [.. args, "--timeout", "60s"] : args);
    }

    /// <summary>
    /// Service A's list of the pods, as soon as all of these are ready in it. <c>berth up</c> says that it is ready when the list has one.
    /// </summary>
    public async Task<string> PodsAsync(int ready)
    {
        using HttpClient http = new();
        Uri page = new(Url + "/v1/endpoints/k8s-example2/service-b");
        return await Wait.ForAsync(
            "all pods in service A's list",
            async token =>
            {
                string text = await http.GetStringAsync(page, token);
                using JsonDocument document = JsonDocument.Parse(text);
                int count = document.RootElement.GetProperty("endpoints").EnumerateArray()
                    .Count(static pod => pod.GetProperty("state").GetString() == "ready");
                return count == ready ? text : null;
            },
            TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
