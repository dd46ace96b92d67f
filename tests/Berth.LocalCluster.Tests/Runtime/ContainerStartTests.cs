using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Variables, hooks and folders of a container.</summary>
public sealed class ContainerStartTests : IDisposable
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("env: [{ name: X, valueFrom: { configMapKeyRef: { name: cfg, key: x } } }]", "configmap \"cfg\" not found")]
    [InlineData("env: [{ name: X, valueFrom: { secretKeyRef: { name: keys, key: x } } }]", "secret \"keys\" not found")]
    [InlineData("envFrom: [{ configMapRef: { name: cfg } }]", "configmap \"cfg\" not found")]
    [InlineData("envFrom: [{ secretRef: { name: keys } }]", "secret \"keys\" not found")]
    public async Task Container_whose_variables_cannot_be_had_does_not_start(string field, string why)
    {
        await using TestCluster test = await StartAsync($"touch {_folder.Root}/started", field);
        await test.WaitAsync(pods => pods is [{ State: "CreateContainerConfigError", Phase: "Pending" }]);
        Assert.Equal($"Error: {why}", await test.EventAsync("Failed", "p"));
        JsonNode pod = (await test.GetAsync($"{Pods}/p")).Body;
        Assert.Equal(why, (string?)pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["message"]);
        Assert.False(File.Exists($"{_folder.Root}/started"));
        test.Cluster.Delete("pod", TestCluster.Namespace, "p");
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Fact]
    public async Task Variable_that_may_be_missing_is_not_there()
    {
        await using TestCluster test = await StartAsync("env", """
            env: [{ name: X, valueFrom: { configMapKeyRef: { name: cfg, key: x, optional: true } } }, { name: NEXT, value: "[$(X)]" }]
                envFrom: [{ secretRef: { name: keys, optional: true } }]
            """);
        string[] lines = await LogAsync(test);
        Assert.Contains("NEXT=[$(X)]", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("X=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Variables_have_the_values_that_a_kubelet_gives()
    {
        await using TestCluster test = await StartAsync("env", """
            resources: { limits: { cpu: 250m, memory: 64Mi }, requests: { cpu: 100m } }
                env:
                - { name: CPU, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }
                - { name: MILLI, valueFrom: { resourceFieldRef: { resource: requests.cpu, divisor: 1m } } }
                - { name: MEMORY, valueFrom: { resourceFieldRef: { resource: limits.memory, divisor: 1Mi } } }
                - { name: BYTES, valueFrom: { resourceFieldRef: { containerName: c, resource: requests.memory } } }
                - { name: DISK, valueFrom: { resourceFieldRef: { resource: limits.ephemeral-storage } } }
                - { name: NAME, valueFrom: { fieldRef: { fieldPath: "metadata.annotations['says']" } } }
                - { name: HOST, value: "$(HOSTNAME) $(CPU) $(KUBERNETES_SERVICE_HOST)" }
                - { name: LATER, value: "$(AFTER)" }
                - { name: AFTER, value: "$$(CPU)" }
            """);
        string[] lines = await LogAsync(test);
        foreach (string line in new[]
        {
            "CPU=1", "MILLI=100", "MEMORY=64", "BYTES=67108864", "DISK=0", "NAME=$(CPU)", "HOST=$(HOSTNAME) 1 127.0.0.1", "LATER=$(AFTER)",
            "AFTER=$(CPU)", "KUBERNETES_SERVICE_HOST=127.0.0.1", $"KUBERNETES_SERVICE_PORT={test.Cluster.Server.Port}",
        })
        {
            Assert.Contains(line, lines);
        }
    }

    [Fact]
    public async Task Limit_that_is_not_stated_is_that_of_the_node()
    {
        await using TestCluster test = await StartAsync("env", """
            env: [{ name: CPU, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }]
            """);
        Assert.Contains("CPU=64", await LogAsync(test));
    }

    [Fact]
    public async Task Divisor_that_is_no_quantity_is_refused()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (System.Net.HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Post,
            Pods,
            """
            {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x","env":[{"name":"X","valueFrom":
              {"resourceFieldRef":{"resource":"limits.cpu","divisor":"a lot"}}}]}]}}
            """);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, status);
        Assert.Contains("quantities must match the regular expression", (string?)body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_run_after_the_start_and_before_the_end()
    {
        string program = $"trap 'test -e {_folder.Root}/stopping && touch {_folder.Root}/stopped; exit 0' TERM; "
            + $"until test -e {_folder.Root}/started; do sleep 0.02; done; touch {_folder.Root}/up; "
            + "while true; do sleep 600 & wait $!; done";
        await using TestCluster test = await StartAsync(program, $$"""
            lifecycle:
                  postStart: { exec: { command: [/usr/bin/touch, {{_folder.Root}}/started] } }
                  preStop: { exec: { command: [/usr/bin/touch, {{_folder.Root}}/stopping] } }
                readinessProbe: { timeoutSeconds: 60, exec: { command: [/usr/bin/test, -e, {{_folder.Root}}/up] } }
            """);
        await test.WaitReadyAsync(1);
        Assert.False(File.Exists($"{_folder.Root}/stopping"));
        test.Cluster.Delete("pod", TestCluster.Namespace, "p");
        await test.WaitAsync(pods => pods.Count == 0);
        Assert.True(File.Exists($"{_folder.Root}/stopped"));
    }

    [Fact]
    public async Task Hook_after_the_start_that_fails_restarts_the_container()
    {
        await using TestCluster test = await StartAsync("exec sleep 600", "lifecycle: { postStart: { exec: { command: [/bin/false] } } }");
        Assert.Equal("PostStartHook failed", await test.EventAsync("FailedPostStartHook", "p"));
        await test.WaitAsync(pods => pods is [{ Restarts: > 0 }]);
    }

    [Fact]
    public async Task Hook_before_the_end_that_fails_is_reported_and_the_container_ends()
    {
        await using TestCluster test = await StartAsync("exec sleep 600", "lifecycle: { preStop: { exec: { command: [/bin/false] } } }");
        await test.WaitAsync(pods => pods is [{ ProcessId: not null }]);
        test.Cluster.Delete("pod", TestCluster.Namespace, "p");
        Assert.Equal("PreStopHook failed", await test.EventAsync("FailedPreStopHook", "p"));
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Theory]
    [InlineData("exec: { command: [/bin/sleep, \"600\"] }")]
    [InlineData("sleep: { seconds: 600 }")]
    public async Task Hook_before_the_end_has_no_longer_than_the_grace_period(string hook)
    {
        await using TestCluster test = await StartAsync("exec sleep 600", $$"""lifecycle: { preStop: { {{hook}} } }""");
        await test.WaitAsync(pods => pods is [{ ProcessId: not null }]);
        test.Cluster.Delete("pod", TestCluster.Namespace, "p", gracePeriodSeconds: 1);
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Fact]
    public async Task Folder_that_is_not_here_is_told_of()
    {
        await using TestCluster test = await StartAsync("exec sleep 600", "workingDir: /no/such/folder");
        Assert.StartsWith(
            "The folder /no/such/folder (workingDir) is not on this machine: container c runs in ",
            await test.EventAsync("NotEnforced", "p"),
            StringComparison.Ordinal);
        Assert.Contains("Pod k8s-example2/p: containers.workingDir (/no/such/folder is not on this machine)", test.Cluster.NotEnforced);
    }

    [Theory]
    [InlineData("""env: [{ name: X, value: "a\0b" }]""", "The variable X")]
    [InlineData("""args: ["a\0b"]""", "The command")]
    public async Task Container_with_a_NUL_character_does_not_start_and_others_do(string field, string what)
    {
        await using TestCluster test = await StartAsync("exec sleep 600", field);
        await test.WaitAsync(static pods => pods is [{ State: "StartError", Phase: "Failed" }]);
        Assert.Equal(
            $"{what} of container c has a NUL character, which no process can get. Remove it.", await test.EventAsync("Failed", "p"));
        test.Cluster.Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: q, namespace: k8s-example2 }
            spec: { restartPolicy: Never, containers: [{ name: c, image: k8s-example2, command: [/bin/sh, -c, exit 0] }] }
            """);
        await test.WaitAsync(static pods => pods.Any(static pod => pod is { Name: "q", Phase: "Succeeded" }));
    }

    private static async Task<string[]> LogAsync(TestCluster test)
    {
        await test.WaitAsync(pods => pods is [{ Phase: "Succeeded" }]);
        return (await test.Http.GetStringAsync(new Uri($"{Pods}/p/log?follow=true", UriKind.Relative), TestCluster.Token)).Split('\n');
    }

    /// <summary>
    /// A pod that runs a script once, or again where it has hooks. For "env" the clock stands still, because a container's log ends with
    /// its output, or 200 ms after its process.
    /// </summary>
    private static Task<TestCluster> StartAsync(string script, string field) => TestCluster.StartAsync(new LocalClusterOptions
    {
        TimeProvider = script == "env" ? new TestClock(DateTimeOffset.UtcNow) : TimeProvider.System,
        Manifests =
        [
            TestManifests.Namespace,
            $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: p, namespace: k8s-example2, annotations: { says: $(CPU) } }
            spec:
              terminationGracePeriodSeconds: 700
              restartPolicy: {{(field.StartsWith("lifecycle", StringComparison.Ordinal) ? "Always" : "Never")}}
              containers:
              - name: c
                image: k8s-example2
                command: [/bin/sh, -c, "{{script}}"]
                {{field}}
            """,
        ],
        Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
    });
}
