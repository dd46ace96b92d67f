using System.Diagnostics;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Pods as real processes: small shells.</summary>
public sealed class ProcessTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
    private const string Patient =
        """["/bin/sh", "-c", "trap 'exit 0' TERM; echo I am $POD_NAME in $POD_NAMESPACE; while true; do sleep 600 & wait $!; done"]""";

    private const string Log = "/api/v1/namespaces/k8s-example2/pods/service-b-0/log";

    [Fact]
    public async Task A_killed_process_leaves_the_slice_and_comes_back_at_once()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(2, "Parallel", command: Patient), clock);
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(2);
        JsonNode slice = await test.WaitForAsync(
            Slices, list => list["items"]!.AsArray() is [{ } only] && only["endpoints"] is JsonArray { Count: 2 });
        string version = (string)slice["metadata"]!["resourceVersion"]!;
        using (Process process = Process.GetProcessById(pods[0].ProcessId!.Value))
        {
            process.Kill();
        }

        // The restart stands on the clock, so the slice says meanwhile that the pod is not ready.
        await test.WaitForAsync(Slices, list => !IsFirstReady(list["items"]![0]!));
        await clock.WaitForTimerAsync(due => due == RestartBackoff.Soon, TestCluster.Token);
        clock.Advance(RestartBackoff.Soon);
        IReadOnlyList<PodSummary> after = await test.WaitAsync(now => now[0] is { Ready: true, Restarts: 1 });
        Assert.NotEqual(pods[0].ProcessId, after[0].ProcessId);
        Assert.Equal(pods[0].Uid, after[0].Uid);

        // In between, the slice said so.
        List<bool> readiness = [];
        await foreach (JsonNode item in test.WatchAsync($"{Slices}?watch=1&resourceVersion={version}&timeoutSeconds=30"))
        {
            readiness.Add(IsFirstReady(item["object"]!));
            if (readiness.Contains(false) && readiness[^1])
            {
                break;
            }
        }

        Assert.Contains(false, readiness);

        static bool IsFirstReady(JsonNode slice) => (bool)slice["endpoints"]!.AsArray()
            .First(endpoint => (string?)endpoint!["hostname"] == "service-b-0")!["conditions"]!["ready"]!;
    }

    [Fact]
    public async Task Pod_has_its_addresses_in_the_environment_and_a_limited_log()
    {
        const string pod = """
            apiVersion: v1
            kind: Pod
            metadata: { name: p, namespace: k8s-example2 }
            spec:
              restartPolicy: Never
              containers:
              - name: c
                image: k8s-example2
                command: [/bin/sh, -c, "echo $HOSTS $IPS; echo $HOST $IP"]
                env:
                - { name: HOST, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }
                - { name: HOSTS, valueFrom: { fieldRef: { fieldPath: status.hostIPs } } }
                - { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
                - { name: IPS, valueFrom: { fieldRef: { fieldPath: status.podIPs } } }
                - { name: CPU, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }
            """;
        // A container's log ends with its output, or 200 ms after its process. A clock that stands still leaves only the first.
        await using TestCluster test = await StartAsync(pod, new TestClock(DateTimeOffset.UtcNow));
        string address = (await test.WaitAsync(pods => pods is [{ State: "Completed" }]))[0].PodIP!;
        (_, JsonNode ended) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/p");
        Assert.Equal(
            "PodCompleted",
            (string?)ended["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Ready")!["reason"]);
        const string log = "/api/v1/namespaces/k8s-example2/pods/p/log";
        Assert.Equal($"127.0.0.1 {address}\n127.0.0.1 {address}\n", await ReadAsync(log + "?follow=true"));
        Assert.Equal("127.0", await ReadAsync(log + "?limitBytes=5"));
        Assert.Equal("", await ReadAsync(log + "?sinceTime=2999-01-01T00:00:00Z"));
        Assert.Empty(test.Cluster.NotEnforced);

        async Task<string> ReadAsync(string path) => await test.Http.GetStringAsync(new Uri(path, UriKind.Relative), TestCluster.Token);
    }

    [Fact]
    public async Task A_container_that_keeps_failing_backs_off()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: """["/bin/sh", "-c", "exit 3"]"""), clock);
        IReadOnlyList<PodSummary> pods = await BackedOffAsync(test, clock);
        Assert.Equal(1, pods[0].Restarts);
        (_, JsonNode pod) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/service-b-0");
        JsonNode status = pod["status"]!["containerStatuses"]![0]!;
        Assert.Equal(3, (int)status["lastState"]!["terminated"]!["exitCode"]!);
        Assert.Equal(
            $"back-off 10s restarting failed container=service-b pod=service-b-0_k8s-example2({pod["metadata"]!["uid"]})",
            (string?)status["state"]!["waiting"]!["message"]);
        JsonNode ended = status["lastState"]!["terminated"]!;
        Assert.Equal("Error", (string?)ended["reason"]);
        Assert.True((DateTimeOffset)ended["finishedAt"]! >= (DateTimeOffset)ended["startedAt"]!);
        Assert.Matches("^berth://[0-9]+-[0-9]+$", (string?)ended["containerID"]);
        Assert.Equal((string?)ended["containerID"], (string?)status["containerID"]);
        Assert.Null(ended["message"]);
    }

    [Theory]
    [InlineData("echo one; echo two; exit 3", "terminationMessagePolicy: FallbackToLogsOnError", "one\ntwo\n")]
    [InlineData(
        "echo one; printf said > FILE; exit 3",
        "terminationMessagePath: FILE\n        terminationMessagePolicy: FallbackToLogsOnError",
        "said")]
    [InlineData("echo one; printf said > FILE; exit 3", "terminationMessagePath: FILE", "said")]
    [InlineData("echo one; exit 3", "terminationMessagePath: FILE", null)]
    public async Task A_container_that_ended_says_why(string script, string fields, string? message)
    {
        using TestFolder folder = new();
        string file = folder["message"];
        string command = $"""["/bin/sh", "-c", "{script.Replace("FILE", file, StringComparison.Ordinal)}"]""";
        string set = TestManifests.StatefulSet(1, command: command, probe: fields.Replace("FILE", file, StringComparison.Ordinal));
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using (TestCluster test = await StartAsync(set, clock))
        {
            await BackedOffAsync(test, clock);
            (_, JsonNode pod) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/service-b-0");
            Assert.Equal(message, (string?)pod["status"]!["containerStatuses"]![0]!["lastState"]!["terminated"]!["message"]);
        }
    }

    [Fact]
    public Task Long_message_keeps_its_start() =>
        A_container_that_ended_says_why("printf %5000s x > FILE; exit 3", "terminationMessagePath: FILE", new string(' ', 4096));

    [Fact]
    public async Task An_image_without_a_program_waits_as_one_that_cannot_be_pulled()
    {
        await using TestCluster test = await TestCluster.StartAsync(
            new LocalClusterOptions { Manifests = [TestManifests.Namespace, TestManifests.StatefulSet(1)] });
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(now => now is [{ State: "ErrImagePull" or "ImagePullBackOff" }]);
        Assert.Equal(0, pods[0].Restarts);
    }

    [Fact]
    public async Task Output_is_kept_and_followed()
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient));
        await test.WaitReadyAsync(1);
        using HttpResponseMessage response = await test.Http.GetAsync(
            new Uri(Log + "?container=service-b&follow=true", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead,
            TestCluster.Token);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestCluster.Token));
        Assert.Equal("I am service-b-0 in k8s-example2", await reader.ReadLineAsync(TestCluster.Token));
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-0");
        Assert.Null(await reader.ReadLineAsync(TestCluster.Token));
    }

    [Fact]
    public async Task Readiness_follows_the_probe()
    {
        using TestFolder folder = new();
        string flag = folder["ready"];
        string check = $$"""{ command: ["/bin/sh", "-c", "test -f {{flag}}"] }""";
        string probe = $$"""readinessProbe: { periodSeconds: 1, timeoutSeconds: 60, failureThreshold: 1, exec: {{check}} }""";
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient, probe: probe));
        await test.WaitAsync(now => now is [{ State: "Running", Ready: false }]);
        await File.WriteAllTextAsync(flag, "yes", TestCluster.Token);
        await test.WaitReadyAsync(1);
        File.Delete(flag);
        await test.WaitAsync(now => now is [{ State: "Running", Ready: false, Restarts: 0 }]);
    }

    [Fact]
    public async Task A_lost_liveness_probe_restarts_the_container()
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(
            1, command: Patient, probe: """livenessProbe: { periodSeconds: 1, failureThreshold: 1, exec: { command: ["/bin/false"] } }"""));
        await test.WaitAsync(now => now is [{ Restarts: >= 1 }]);
    }

    [Fact]
    public async Task Process_that_ignores_SIGTERM_is_killed_after_the_grace_period()
    {
        using TestFolder folder = new();
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await StartAsync(
            TestManifests.StatefulSet(
                1,
                command: $"""["/bin/sh", "-c", "trap '' TERM; touch {folder["set"]}; while true; do sleep 600 & wait $!; done"]""",
                grace: 1),
            clock);
        string uid = (await test.WaitReadyAsync(1))[0].Uid;

        // A signal that comes before the trap is set would end it.
        await Wait.ForAsync(() => File.Exists(folder["set"]), TestCluster.Token);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        await clock.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(1), TestCluster.Token);
        await test.WaitAsync(now => now is [{ Terminating: true, ProcessId: not null }]);
        await Wait.ForAsync(
            () => test.Cluster.Pods.Count == 0, () => clock.Advance(TimeSpan.FromMilliseconds(100)), TestCluster.Token);
        Assert.NotEmpty(uid);
    }

    [Fact]
    public async Task Disposal_leaves_no_process_and_no_file()
    {
        TestCluster test = await StartAsync(TestManifests.StatefulSet(3, "Parallel", command: Patient));
        List<int> ids = [.. (await test.WaitReadyAsync(3)).Select(pod => pod.ProcessId!.Value)];
        string folder = Path.GetDirectoryName(test.Cluster.KubeconfigPath)!;
        Assert.True(Directory.Exists(folder));
        await test.DisposeAsync();
        Assert.False(Directory.Exists(folder));
        Assert.All(ids, id => Assert.Throws<ArgumentException>(() => Process.GetProcessById(id)));
    }

    [Fact]
    public async Task A_pod_gets_its_manifests_environment_and_little_else()
    {
        await using TestCluster test = await StartAsync(
            TestManifests.StatefulSet(1, command: """["/bin/sh", "-c", "env; echo end; sleep 600"]"""));
        await test.WaitReadyAsync(1);
        using HttpResponseMessage response = await test.Http.GetAsync(
            new Uri(Log + "?follow=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestCluster.Token);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestCluster.Token));
        List<string> names = [];
        while (await reader.ReadLineAsync(TestCluster.Token) is { } line && line != "end")
        {
            names.Add(line.Split('=')[0]);
        }

        Assert.Contains("POD_NAME", names);
        Assert.Contains("KUBECONFIG", names);
        string[] ofMachine = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "DOTNET_ROOT"];
        string[] ofShell = ["PWD", "SHLVL", "_"];
        string[] ofCluster = ["KUBECONFIG", "HOSTNAME", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];
        Assert.Empty(names.Except(["POD_NAME", "POD_NAMESPACE", .. ofCluster, .. ofMachine, .. ofShell]));
    }

    /// <summary>
    /// Waits for the back-off after the second exit, which stays while the clock stands still. So does the wait for the last output.
    /// </summary>
    private static async Task<IReadOnlyList<PodSummary>> BackedOffAsync(TestCluster test, TestClock clock)
    {
        await clock.WaitForTimerAsync(due => due == RestartBackoff.Soon, TestCluster.Token);
        clock.Advance(RestartBackoff.Soon);
        return await test.WaitAsync(now => now is [{ State: "CrashLoopBackOff" }]);
    }

    private static Task<TestCluster> StartAsync(string set, TimeProvider? time = null) => TestCluster.StartAsync(new LocalClusterOptions
    {
        TimeProvider = time ?? TimeProvider.System,
        Manifests = [TestManifests.All(TestManifests.Namespace, TestManifests.Service, set)],
        Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
    });
}
