using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Clients;

/// <summary>Tests with the kubectl of the PATH.</summary>
public sealed class KubectlTests
{
    [Fact]
    public async Task Get_scale_delete_and_rollout_work_without_a_warning()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2)));
        await test.WaitReadyAsync(2);
        await test.WaitForAsync(
            "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b", set => (int?)set["status"]!["readyReplicas"] == 2);
        Assert.Equal("service-b-0 service-b-1", await RunAsync(test, "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"));
        Assert.Matches(@"NAME +READY +STATUS +RESTARTS +AGE +IP +NODE", await RunAsync(test, "get", "pods", "-o", "wide"));
        Assert.Matches(@"service-b-0 +1/1 +Running +0 ", await RunAsync(test, "get", "pods"));
        Assert.Matches(@"statefulset.apps/service-b +2/2 ", await RunAsync(test, "get", "sts,svc,endpointslices,nodes,ns"));
        Assert.Equal("statefulset.apps/service-b scaled\n", await RunAsync(test, "scale", "sts", "service-b", "--replicas=3"));
        Assert.Contains(
            "3 new pods have been updated",
            await RunAsync(test, "rollout", "status", "sts/service-b", "--timeout=30s"),
            StringComparison.Ordinal);
        Assert.Equal("pod \"service-b-0\" deleted\n", await RunAsync(test, "delete", "pod", "service-b-0", "--wait=true"));
        Assert.Contains(
            "condition met",
            await RunAsync(test, "wait", "--for=condition=Ready", "pod/service-b-2", "--timeout=30s"),
            StringComparison.Ordinal);
        Assert.Contains(
            "Controlled By:  StatefulSet/service-b", await RunAsync(test, "describe", "pod", "service-b-1"), StringComparison.Ordinal);
        Assert.Equal("pod/service-b-1 labeled\n", await RunAsync(test, "label", "pod", "service-b-1", "x=y"));
        Assert.Equal("pod/service-b-1\n", await RunAsync(test, "get", "pods", "-l", "x in (y,z)", "-o", "name"));
        Assert.Matches(
            "^LAST SEEN +TYPE +REASON +OBJECT +SUBOBJECT +SOURCE +MESSAGE +FIRST SEEN +COUNT +NAME *\n",
            await RunAsync(test, "get", "events", "-o", "wide"));
    }

    [Fact]
    public async Task Apply_creates_changes_and_leaves_alone_without_a_warning()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        using TestFile file = new(TestManifests.All(TestManifests.Namespace, TestManifests.StatefulSet(1)));
        Assert.Equal(
            "namespace/k8s-example2 unchanged\nstatefulset.apps/service-b created\n",
            await RunAsync(test, "apply", "-f", file.Path));
        Assert.Equal(
            "namespace/k8s-example2 unchanged\nstatefulset.apps/service-b unchanged\n",
            await RunAsync(test, "apply", "-f", file.Path));
        await File.WriteAllTextAsync(file.Path, TestManifests.StatefulSet(2), TestCluster.Token);
        Assert.Equal("statefulset.apps/service-b configured\n", await RunAsync(test, "apply", "-f", file.Path));
        await test.WaitReadyAsync(2);
        Assert.Equal("statefulset.apps \"service-b\" deleted\n", await RunAsync(test, "delete", "-f", file.Path, "--wait=true"));
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Fact]
    public async Task Describe_says_why_a_container_ended_and_why_a_pod_has_no_node()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            TimeProvider = clock,
            Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["x"] = new ImageProgram("/bin/sh") },
            Manifests = [TestManifests.Namespace, """
                apiVersion: v1
                kind: Pod
                metadata: { name: ends, namespace: k8s-example2 }
                spec:
                  containers:
                  - { name: c, image: x, command: [/bin/sh, -c, "echo no luck; exit 3"], terminationMessagePolicy: FallbackToLogsOnError }
                ---
                apiVersion: v1
                kind: Pod
                metadata: { name: waits, namespace: k8s-example2 }
                spec: { nodeSelector: { no: node }, containers: [{ name: c, image: x }] }
                """],
        });
        // The clock stands still, so the back-off stays, and the wait for the last output has no other end.
        await clock.WaitForTimerAsync(due => due == Runtime.RestartBackoff.Soon, TestCluster.Token);
        clock.Advance(Runtime.RestartBackoff.Soon);
        await test.WaitAsync(pods => pods.Any(pod => pod.State == "CrashLoopBackOff"));
        string ended = await RunAsync(test, "describe", "pod", "ends");
        Assert.Matches("Container ID: +berth://[0-9]+-[0-9]+\n", ended);
        Assert.Matches("Last State: +Terminated\n +Reason: +Error\n +Message: +no luck\n\n +Exit Code: +3\n +Started: ", ended);
        await test.WaitForAsync(
            "/api/v1/namespaces/k8s-example2/events", list => list.ToJsonString().Contains("FailedScheduling", StringComparison.Ordinal));
        Assert.Matches(
            @"Warning +FailedScheduling +[0-9]+s +default-scheduler +0/1 nodes are available: "
            + @"1 node\(s\) didn't match Pod's node affinity/selector\. no new claims to deallocate, "
            + @"preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling\.",
            await RunAsync(test, "describe", "pod", "waits"));
    }

    [Fact]
    public async Task Resources_are_checked_and_written_as_by_a_real_server()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(0));
        Assert.Equal(
            "statefulset.apps/service-b resource requirements updated\n",
            await RunAsync(test, "set", "resources", "sts", "service-b", "--limits=memory=1024Mi,cpu=1500m"));
        Assert.Equal(
            "1Gi 1500m",
            await RunAsync(
                test,
                "get",
                "sts",
                "service-b",
                "-o",
                "jsonpath={.spec.template.spec.containers[0].resources.limits.memory} {..limits.cpu}"));
        Assert.Contains(
            "spec.template.spec.containers[0].resources.requests: Invalid value: \"2Gi\": "
            + "must be less than or equal to memory limit of 1Gi",
            await Kubectl.FailAsync(test, "set", "resources", "sts", "service-b", "--requests=memory=2Gi"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_works_though_it_only_speaks_protobuf()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        Assert.Equal("namespace/x created\n", await RunAsync(test, "create", "namespace", "x"));
        Assert.Equal("serviceaccount/y created\n", await RunAsync(test, "create", "sa", "y"));
        Assert.Equal(
            "role.rbac.authorization.k8s.io/r created\n",
            await RunAsync(test, "create", "role", "r", "--verb=get,list", "--resource=pods"));
        Assert.Equal(
            "rolebinding.rbac.authorization.k8s.io/r created\n",
            await RunAsync(test, "create", "rolebinding", "r", "--role=r", "--serviceaccount=k8s-example2:y"));
        Assert.Equal("service/s created\n", await RunAsync(test, "create", "service", "clusterip", "s", "--tcp=80:8080"));
        Assert.Equal("deployment.apps/d created\n", await RunAsync(test, "create", "deployment", "d", "--image=nginx", "--replicas=2"));
        Assert.EndsWith(
            "deployment \"d\" successfully rolled out\n",
            await RunAsync(test, "rollout", "status", "deployment/d", "--timeout=30s"),
            StringComparison.Ordinal);
        Assert.Equal("pod/one created\n", await RunAsync(test, "run", "one", "--image=nginx", "--env=A=b"));
        (_, JsonNode deployment) = await test.GetAsync("/apis/apps/v1/namespaces/k8s-example2/deployments/d");
        Assert.Equal("""{"matchLabels":{"app":"d"}}""", deployment["spec"]!["selector"]!.ToJsonString());
        Assert.Equal(2, (int)deployment["spec"]!["replicas"]!);
        (_, JsonNode role) = await test.GetAsync("/apis/rbac.authorization.k8s.io/v1/namespaces/k8s-example2/roles/r");
        Assert.Equal("""[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]""", role["rules"]!.ToJsonString());
        (_, JsonNode service) = await test.GetAsync("/api/v1/namespaces/k8s-example2/services/s");
        Assert.Equal("""[{"name":"80-8080","protocol":"TCP","port":80,"targetPort":8080}]""", service["spec"]!["ports"]!.ToJsonString());
    }

    [Fact]
    public async Task Unknown_fields_and_kinds_are_refused_as_a_real_server_refuses_them()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        using TestFile file = new(TestManifests.StatefulSet(1, extra: "foo: 1", probe: "bar: 2"));
        Assert.Equal(
            $"Error from server (BadRequest): error when creating \"{file.Path}\": "
            + "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: "
            + "strict decoding error: unknown field \"spec.foo\", unknown field \"spec.template.spec.containers[0].bar\"\n",
            await FailAsync(test, "apply", "-f", file.Path));
        (_, string output, string warnings) = await Kubectl.TryAsync(
            test.Cluster.KubeconfigPath,
            "apply",
            "--validate=warn",
            "-f",
            file.Path);
        Assert.Equal("statefulset.apps/service-b created\n", output);
        Assert.Equal("Warning: unknown field \"spec.foo\"\nWarning: unknown field \"spec.template.spec.containers[0].bar\"\n", warnings);
        (_, JsonNode refused) = await test.PatchAsync(
            "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b?fieldValidation=Strict",
            """{"spec":{"foo":1}}""");
        Assert.Equal(
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[foo:1]]\": strict decoding error: unknown field \"spec.foo\"",
            (string?)refused["message"]);
        using TestFile other = new("""{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"c"}}""");
        Assert.Contains(
            "no matches for kind \"Widget\" in version \"example.com/v1\"",
            await FailAsync(test, "apply", "-f", other.Path),
            StringComparison.Ordinal);
        string three = TestManifests.StatefulSet(1)
            .Replace("replicas: 1", "replicas: three", StringComparison.Ordinal)
            .Replace("name: service-b,", "name: other,", StringComparison.Ordinal);
        using TestFile wrong = new(three);
        Assert.Contains(
            "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: "
            + "json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32",
            await FailAsync(test, "apply", "-f", wrong.Path),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_side_apply_has_conflicts_and_can_be_forced()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        using TestFile one = new(TestManifests.StatefulSet(1));
        using TestFile two = new(TestManifests.StatefulSet(2));

        Assert.Equal(
            "statefulset.apps/service-b serverside-applied\n", await RunAsync(test, "apply", "--server-side", "-f", one.Path));
        Assert.Equal(
            "statefulset.apps/service-b serverside-applied\n", await RunAsync(test, "apply", "--server-side", "-f", two.Path));
        Assert.Contains(
            "conflict with \"kubectl\": .spec.replicas",
            await FailAsync(test, "apply", "--server-side", "--field-manager", "other", "-f", one.Path),
            StringComparison.Ordinal);
        await RunAsync(test, "apply", "--server-side", "--field-manager", "other", "--force-conflicts", "-f", one.Path);
        Assert.Equal("1", await RunAsync(test, "get", "sts", "service-b", "-o", "jsonpath={.spec.replicas}"));
    }

    [Fact]
    public async Task The_rest_of_a_day_with_kubectl_works_without_a_warning()
    {
        await using TestCluster test = await TestCluster.StartAsync(
            new LocalClusterOptions { RunProcesses = false, Nodes = 2, ExternalAddresses = true, Manifests = [TestManifests.Namespace] });
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2, "Parallel")));
        await test.WaitReadyAsync(2);
        Assert.DoesNotContain("WARNING", await RunAsync(test, "version"), StringComparison.Ordinal);
        Assert.Matches("statefulsets +sts +apps/v1 +true +StatefulSet", await RunAsync(test, "api-resources"));
        Assert.Matches("node-1 +Ready +<none> +.* +127.0.0.2 +127.1.0.2 ", await RunAsync(test, "get", "nodes", "-o", "wide"));
        string[] subjects = ["node/node-0", "svc/service-b", "sts/service-b", "endpointslice", "ns/k8s-example2", "sa/default", "pods"];
        foreach (string subject in subjects)
        {
            string text = await RunAsync(test, "describe", subject);
            Assert.DoesNotContain("Failed to", text, StringComparison.Ordinal);
            Assert.Contains("Name:", text, StringComparison.Ordinal);
        }

        string[] ofNode = ["get", "pods", "-A", "--field-selector", "spec.nodeName=node-1"];
        Assert.Equal("service-b-1\n", await RunAsync(test, [.. ofNode, "-o", "custom-columns=:.metadata.name", "--no-headers"]));
        Assert.Contains("kind: StatefulSet", await RunAsync(test, "get", "sts", "service-b", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Equal("yes\n", await RunAsync(test, "auth", "can-i", "list", "pods"));
        Assert.Contains("Create Pod service-b-0", await RunAsync(test, "get", "events"), StringComparison.Ordinal);
        Assert.Equal(
            "statefulset.apps/service-b patched\n", await RunAsync(test, "patch", "sts", "service-b", "-p", """{"spec":{"replicas":3}}"""));
        Assert.Equal(
            "statefulset.apps/service-b patched\n",
            await RunAsync(test, "patch", "sts", "service-b", "--type=merge", "-p", """{"spec":{"replicas":2}}"""));
        Assert.Equal(
            "statefulset.apps/service-b patched\n",
            await RunAsync(
                test, "patch", "sts", "service-b", "--type=json", "-p", """[{"op":"replace","path":"/spec/replicas","value":3}]"""));
        Assert.Equal("statefulset.apps/service-b restarted\n", await RunAsync(test, "rollout", "restart", "sts/service-b"));
        Assert.Contains(
            "3 new pods have been updated",
            await RunAsync(test, "rollout", "status", "sts/service-b", "--timeout=30s"),
            StringComparison.Ordinal);
        Assert.Equal("pod/service-b-0 annotated\n", await RunAsync(test, "annotate", "pod", "service-b-0", "a=b"));
        Assert.Equal("pod \"service-b-0\" deleted\n", await RunAsync(test, "delete", "pod", "service-b-0", "--grace-period=1"));
        (int code, string forced, string warning) = await Kubectl.TryAsync(
            test.Cluster.KubeconfigPath,
            "delete",
            "pod",
            "service-b-1",
            "--grace-period=0",
            "--force");
        Assert.Equal((0, "pod \"service-b-1\" force deleted\n"), (code, forced));
        Assert.StartsWith("Warning: Immediate deletion", warning, StringComparison.Ordinal);
        // kubectl wait fails at a pod that is not there yet.
        await test.WaitReadyAsync(3);
        await RunAsync(test, "wait", "--for=condition=Ready", "pod/service-b-0", "pod/service-b-1", "pod/service-b-2", "--timeout=30s");
        Assert.Equal("node/node-1 cordoned\n", await RunAsync(test, "cordon", "node-1"));
        Assert.Equal("namespace \"k8s-example2\" deleted\n", await RunAsync(test, "delete", "ns", "k8s-example2", "--namespace="));
        Assert.Empty(test.Cluster.Pods);
    }

    [Fact]
    public async Task Rollout_undo_restores_the_template_and_dry_run_delete_keeps_it()
    {
        const string front = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: front, namespace: k8s-example2 }\n"
            + "spec: { selector: { matchLabels: { app: front } }, "
            + "template: { metadata: { labels: { app: front } }, spec: { containers: [{ name: c, image: one }] } } }";
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.StatefulSet(1), front));
        foreach (string subject in (string[])["sts/service-b", "deploy/front"])
        {
            await RunAsync(test, "rollout", "status", subject, "--timeout=30s");
            string before = await RunAsync(test, "get", subject, "-o", "jsonpath={.spec.template}");
            await RunAsync(test, "rollout", "restart", subject);
            await RunAsync(test, "set", "image", subject, "*=other");
            await RunAsync(test, "rollout", "status", subject, "--timeout=30s");
            // kubectl 1.36 warns, here as on any cluster, that the annotation of an earlier apply stays as it was.
            (int code, string _, string errors) = await Kubectl.TryAsync(
                test.Cluster.KubeconfigPath,
                "rollout",
                "undo",
                subject,
                "--to-revision=1");
            Assert.True(code == 0, errors);
            Assert.DoesNotContain("unknown field", errors, StringComparison.Ordinal);
            await RunAsync(test, "rollout", "status", subject, "--timeout=30s");
            Assert.Equal(before, await RunAsync(test, "get", subject, "-o", "jsonpath={.spec.template}"));
            string history = await RunAsync(test, "rollout", "history", subject);
            Assert.DoesNotContain("\n1 ", history, StringComparison.Ordinal);
            Assert.Contains("(server dry run)", await RunAsync(test, "delete", subject, "--dry-run=server"), StringComparison.Ordinal);
            await RunAsync(test, "get", subject);
        }
    }

    private static Task<string> RunAsync(TestCluster test, params string[] arguments) => Kubectl.RunAsync(test, arguments);

    private static Task<string> FailAsync(TestCluster test, params string[] arguments) => Kubectl.FailAsync(test, arguments);
}
