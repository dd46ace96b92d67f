using System.Text.Json;
using Berth.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests.Commands;

public sealed class PlanTests
{
    private const string Set = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: NAME, namespace: games}
        spec:
          serviceName: NAME
          replicas: 3
          template:
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              containers:
                - name: game
                  image: game
                  args: [--base-port, "4000"]
                  env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        ---

        """;

    private static readonly string s_two = Named("lobby") + Named("match");

    [Fact]
    public async Task Manifests_of_deploy_base_pass()
    {
        (int code, string output, string error) = await RunAsync("", "plan", "check", "-f", Path.Combine(Checkout.Root, "deploy/base"));
        Assert.Equal((0, ""), (code, output));
        Assert.Contains("9 objects, 0 errors, 0 warnings, 0 notes", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_of_standard_input_has_its_line_and_remedy()
    {
        (int code, string output, _) = await RunAsync(s_two, "plan", "check", "-f", "-");
        Assert.Equal(1, code);
        Assert.Contains("error    overlap               stdin:30  StatefulSet games/match\n", output, StringComparison.Ordinal);
        Assert.Contains("    Remedy: Give it another base port: 4003..4005 is free.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_broken_or_missing_is_named_and_the_rest_is_checked()
    {
        using TestFolder folder = new();
        string good = folder.Write("good.yaml", s_two);
        string bad = folder.Write("bad.yaml", "a: [\n");
        (int code, string output, string error) = await RunAsync(
            "", "plan", "check", "-f", good, "-f", bad, "-f", folder["none.yaml"], "-o", "sarif");
        Assert.Equal(2, code);
        JsonElement run = JsonDocument.Parse(output).RootElement.GetProperty("runs")[0];
        Assert.Contains(run.GetProperty("results").EnumerateArray(), static r => r.GetProperty("ruleId").GetString() == "overlap");
        Assert.Contains("bad.yaml is not valid YAML at line", error, StringComparison.Ordinal);
        Assert.Contains("none.yaml is neither a file nor a folder", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata:\n  name: {{ .Values.name }}\n---\n", "stdin, line 2: {{ .Values.name }} is a template that was not rendered")]
    [InlineData("apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: f}\n---\n", "stdin:1: the kind Fleet of example.com/v1")]
    [InlineData("a: [1\n---\n", "stdin is not valid YAML at line")]
    public async Task Document_that_cannot_be_counted_is_exit_code_2_and_the_rest_is_checked(string document, string sentence)
    {
        (int code, string output, string error) = await RunAsync(document + s_two, "plan", "check", "-f", "-");
        Assert.Equal(2, code);
        Assert.Contains("StatefulSet games/match", output, StringComparison.Ordinal);
        Assert.Contains("overlap", output, StringComparison.Ordinal);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_that_answers_half_is_exit_code_3_and_the_rest_is_checked()
    {
        await using FakeKubernetes kubernetes = await FakeKubernetes.StartAsync(static async context =>
        {
            context.Response.ContentType = "application/json";
            if (context.Request.Path.Value!.EndsWith("/services", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("""{"kind": "Status", "code": 500, "message": "etcd is slow"}""");
                return;
            }

            await context.Response.WriteAsync("""{"items": []}""");
        });
        (int code, string output, string error) = await RunAsync(
            s_two, "plan", "check", "-f", "-", "--with-cluster", "true", "--kubeconfig", kubernetes.Kubeconfig);
        Assert.Equal(3, code);
        Assert.Contains("overlap", output, StringComparison.Ordinal);
        Assert.Contains("services are not read, and the plan does not count them: ", error, StringComparison.Ordinal);
        Assert.Contains("etcd is slow", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_of_a_folder_that_cannot_be_read_is_named_and_the_rest_is_checked()
    {
        using TestFolder folder = new();
        folder.Write("a.yaml", s_two);
        File.CreateSymbolicLink(folder["b.yaml"], folder["nowhere"]);
        (int code, string output, string error) = await RunAsync("", "plan", "check", "-f", folder.Root);
        Assert.Equal(2, code);
        Assert.Contains("overlap", output, StringComparison.Ordinal);
        Assert.Contains("b.yaml", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_free_base_is_suggested()
    {
        Assert.Equal((0, "4100\n"), Take(await RunAsync(s_two, "plan", "suggest", "-f", "-", "--from", "4000")));
        Assert.Equal(
            (0, "game=4300,admin=4400\n"),
            Take(await RunAsync(s_two, "plan", "suggest", "-f", "-", "--from", "4000", "--pods", "50", "--name", "game,admin")));
        Assert.Equal(1, (await RunAsync(s_two, "plan", "suggest", "-f", "-", "--pods", "60000")).Code);
    }

    [Fact]
    public async Task Ranges_are_drawn()
    {
        (int code, string output, _) = await RunAsync(Named("lobby"), "plan", "show", "-f", "-");
        Assert.Equal(0, code);
        Assert.Contains("4000-4002  3     25997     StatefulSet games/lobby  -     --base-port of container game", output,
            StringComparison.Ordinal);
        Assert.Contains("...#....", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_options_are_told_together()
    {
        (int code, _, string error) = await RunAsync(
            "", "plan", "check", "-f", "-", "--ports", "lobby=4000", "--node-ports", "9-1", "--skip", "nothing");
        Assert.Equal(2, code);
        Assert.Contains("'lobby=4000' does not state the ports of a workload", error, StringComparison.Ordinal);
        Assert.Contains("'9-1' is not a range of ports", error, StringComparison.Ordinal);
        Assert.Contains("There is no rule 'nothing'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_check_is_refused() => Assert.Equal(2, (await RunAsync("", "plan", "check", "-f", "-")).Code);

    private static string Named(string name) => Set.Replace("NAME", name, StringComparison.Ordinal).Replace(
        $"POD_{name}", "POD_NAME", StringComparison.Ordinal);

    private static (int, string) Take((int Code, string Out, string Error) result) => (result.Code, result.Out);

    private static async Task<(int Code, string Out, string Error)> RunAsync(string input, params string[] args)
    {
        BerthResult result = await InProcess.RunAsync(input, isPlugin: false, args);
        return (result.ExitCode, result.Out, result.Error);
    }
}
