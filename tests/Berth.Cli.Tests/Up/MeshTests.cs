using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Berth.Cli.Tests.Deploy;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary><c>deploy/examples/mesh</c>: each pod has a session with every other pod.</summary>
public sealed partial class MeshTests
{
    private const string Pods = "/api/v1/namespaces/k8s-example-mesh/pods/";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_of_a_mesh_have_a_session_each_and_again_after_one_is_replaced()
    {
        string basePort = FreePorts.Take(3).ToString(CultureInfo.InvariantCulture);
        using TestFolder folder = new();
        folder.Write("mesh.yaml", Checkout.Read("deploy/examples/mesh/mesh.yaml").Replace("3200", basePort, StringComparison.Ordinal));
        string kubeconfig = folder["kubeconfig"];
        await using BerthProcess up = BerthProcess.Start(
            Programs.Any, null, "up", "-f", folder["mesh.yaml"], "--rbac", "true", "--kubeconfig-out", kubeconfig);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("Every pod is ready ", StringComparison.Ordinal));
        using HttpClient api = ClientOf(await File.ReadAllTextAsync(kubeconfig, Cancelled));

        foreach (int pod in Enumerable.Range(0, 3))
        {
            foreach (int other in Enumerable.Range(0, 3).Where(other => other != pod))
                await WaitForLogAsync(api, pod, $"the session with mesh-{other} at ", "is open", 1);
        }

        using HttpResponseMessage deleted = await api.DeleteAsync(Pods + "mesh-1", Cancelled);
        deleted.EnsureSuccessStatusCode();
        foreach (int pod in new[] { 0, 2 })
        {
            await WaitForLogAsync(api, pod, "the session with mesh-1 at ", "is closed", 1);
            await WaitForLogAsync(api, pod, "the session with mesh-1 at ", "is open", 2);
            Assert.DoesNotContain($"the session with mesh-{pod} at", await LogAsync(api, pod, Cancelled), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Command_lines_of_the_example_are_ones_that_the_program_takes()
    {
        Assert.Empty(CommandLines.FaultsOf(["mesh", "k8s-example-mesh/mesh"]));
        Assert.Contains("BERTH_BASE_PORT", CommandLines.VariablesOf(["mesh", "k8s-example-mesh/mesh"]));
        Assert.Contains("BERTH_BASE_PORT", CommandLines.VariablesOf(["probe"]));
        Assert.Contains("BERTH_DRAIN", CommandLines.VariablesOf(["mesh", "k8s-example-mesh/mesh"]));
    }

    private static Task<string> WaitForLogAsync(HttpClient api, int pod, string start, string end, int times) => Wait.ForAsync(
        $"the log of mesh-{pod} to say '{start}... {end}' {times} times",
        async token =>
        {
            string[] lines = (await LogAsync(api, pod, token)).Split('\n');
            int found = lines.Count(line => line.Contains(start, StringComparison.Ordinal) && line.Contains(end, StringComparison.Ordinal));
            return found >= times ? "" : null;
        },
        Cancelled);

    private static Task<string> LogAsync(HttpClient api, int pod, CancellationToken token) =>
        api.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"{Pods}mesh-{pod}/log"), token);

    private static HttpClient ClientOf(string kubeconfig)
    {
#pragma warning disable CA5359, CA5400, MA0039 // The cluster is this test's own, on the loopback interface.
        HttpClient client = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true })
        {
            BaseAddress = new Uri(Server().Match(kubeconfig).Groups["value"].Value),
        };
#pragma warning restore CA5359, CA5400, MA0039
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", Token().Match(kubeconfig).Groups["value"].Value);
        return client;
    }

    [GeneratedRegex("""server: "?(?<value>[^"\s]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Server();

    [GeneratedRegex("""token: "?(?<value>[^"\s]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
