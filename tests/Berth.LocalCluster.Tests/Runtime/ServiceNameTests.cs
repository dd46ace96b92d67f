using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>The names of Services within containers.</summary>
public sealed class ServiceNameTests
{
    private static readonly Uri s_log = new("/api/v1/namespaces/k8s-example2/pods/p/log", UriKind.Relative);

    private static bool CanMount => new MountNamespace(["/usr/bin", "/bin"]).IsAllowed;

    [Fact]
    public async Task Name_of_a_service_leads_to_a_ready_endpoint()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash, which connects without another program.");
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Task serving = ServeAsync(server);
        int port = Berth.TestKit.FreePorts.Take();
        await using TestCluster test = await StartAsync(
            Service("game", port, ((IPEndPoint)server.LocalEndpoint).Port),
            Pod($"""
                for name in game game.k8s-example2 game.k8s-example2.svc game.k8s-example2.svc.cluster.local; do
                  until exec 3<>/dev/tcp/$name/{port}; do sleep 0.05; done
                  cat <&3
                done
                """));

        Assert.Equal("hello\nhello\nhello\nhello\n", await EndedAsync(test));
        server.Stop();
        await serving;
    }

    [Fact]
    public async Task Name_of_a_headless_service_has_its_ready_pods_and_each_pod_its_own()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(
            """
            apiVersion: v1
            kind: Service
            metadata: { name: db, namespace: k8s-example2 }
            spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 80 }] }
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db, namespace: k8s-example2 }
            spec:
              replicas: 2
              serviceName: db
              selector: { matchLabels: { app: db } }
              template:
                metadata: { labels: { app: db } }
                spec:
                  containers:
                  - { name: c, image: k8s-example2, command: [/bin/sh, -c, "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"] }
            """,
            Pod("""
                until [ "$(getent ahostsv4 db.k8s-example2.svc | awk '{print $1}' | sort -u | wc -l)" = 2 ]; do sleep 0.05; done
                getent hosts db-1.db.k8s-example2.svc.cluster.local | awk '{print $1}'
                """));

        string address = (await EndedAsync(test)).Trim();

        (_, System.Text.Json.Nodes.JsonNode pod) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/db-1");
        Assert.Equal((string?)pod["status"]!["podIP"], address);
    }

    [Theory]
    [InlineData("hostNetwork: true", false)]
    [InlineData("hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet", true)]
    [InlineData("dnsPolicy: Default", false)]
    public async Task Pod_resolves_names_of_the_cluster_as_its_policy_says(string spec, bool resolves)
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(
            Service("game", 4000, 4001), Pod("getent hosts game.k8s-example2.svc > /dev/null && echo yes || echo no", spec));

        Assert.Equal(resolves ? "yes\n" : "no\n", await EndedAsync(test));
    }

    [Fact]
    public async Task Files_follow_services_that_come_and_go()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(
            Service("game", 4000, 4001),
            Pod("""
                until getent hosts game > /dev/null; do sleep 0.05; done; echo there
                until getent hosts later > /dev/null; do sleep 0.05; done; echo later
                while getent hosts game > /dev/null; do sleep 0.05; done; echo gone
                """));
        await LogAsync(test, "there\n");

        test.Cluster.Apply(Service("later", 4000, 4002));
        test.Cluster.Delete("svc", "k8s-example2", "game");

        Assert.Equal("there\nlater\ngone\n", await EndedAsync(test));
    }

    // A container's log ends with its output, or 200 ms after its process. A clock that stands still leaves only the first.
    private static Task<TestCluster> StartAsync(params string[] manifests) => TestCluster.StartAsync(new LocalClusterOptions
    {
        Images = new Dictionary<string, ImageProgram> { ["k8s-example2"] = new("/bin/bash") },
        TimeProvider = new TestClock(DateTimeOffset.UtcNow),
        Manifests = [TestManifests.Namespace, .. manifests],
    });

    /// <summary>A Service whose only endpoint is a port of this machine.</summary>
    private static string Service(string name, int port, int target) => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: {{name}}, namespace: k8s-example2 }
        spec: { ports: [{ port: {{port}} }] }
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: { name: {{name}}-1, namespace: k8s-example2, labels: { kubernetes.io/service-name: {{name}} } }
        addressType: IPv4
        ports: [{ port: {{target}} }]
        endpoints: [{ addresses: [127.0.0.1] }]
        """;

    private static string Pod(string script, string spec = "dnsPolicy: ClusterFirst") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: p, namespace: k8s-example2 }
        spec:
          {{spec.Replace(", ", "\n  ", StringComparison.Ordinal)}}
          restartPolicy: Never
          containers:
          - name: c
            image: k8s-example2
            command:
            - /bin/bash
            - -c
            - |
              {{script.ReplaceLineEndings("\n      ")}}
        """;

    private static async Task<string> EndedAsync(TestCluster test)
    {
        await test.WaitAsync(static pods => pods.Any(static pod => pod is { Name: "p", State: "Completed" or "Error" }));
        return await test.Http.GetStringAsync(new Uri(s_log + "?follow=true", UriKind.Relative), TestCluster.Token);
    }

    private static async Task LogAsync(TestCluster test, string expected)
    {
        await test.WaitAsync(static pods => pods is [{ State: "Running" }]);
        await Wait.UntilAsync(
            () => test.Http.GetStringAsync(s_log, TestCluster.Token), log => log == expected, Wait.Limit, "the log", TestCluster.Token);
    }

    private static async Task ServeAsync(TcpListener server)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await server.AcceptTcpClientAsync(TestCluster.Token);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("hello\n"), TestCluster.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
