using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using OfficialClient = k8s.Kubernetes;

namespace Berth.Testing;

/// <summary>The official client (package KubernetesClient) as users have it.</summary>
public sealed class OfficialClientTests
{
    private const string Namespace = "k8s-example2";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_lists_watches_creates_and_patches()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        await cluster.AddStatefulSetAsync(Namespace, "lobby", replicas: 2, cancellationToken: Token);
        using OfficialClient client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));

        V1PodList pods = await client.CoreV1.ListNamespacedPodAsync(Namespace, cancellationToken: Token);
        Assert.Equal(["lobby-0", "lobby-1"], pods.Items.Select(static pod => pod.Name()));
        Assert.All(pods.Items, static pod => Assert.Equal("127.0.0.1", pod.Status.PodIP));

        V1Service created = await client.CoreV1.CreateNamespacedServiceAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = "arena" },
                Spec = new V1ServiceSpec
                {
                    ClusterIP = "None",
                    Selector = new Dictionary<string, string> { ["app"] = "arena" },
                    Ports = [new V1ServicePort { Port = 4000 }],
                },
            },
            Namespace,
            cancellationToken: Token);
        Assert.NotEmpty(created.Uid());

        V1Patch patch = new("""{"spec":{"replicas":3}}""", V1Patch.PatchType.MergePatch);
        V1StatefulSet patched = await client.AppsV1.PatchNamespacedStatefulSetAsync(patch, "lobby", Namespace, cancellationToken: Token);
        Assert.Equal(3, patched.Spec.Replicas);
        List<string> added = [];
        await foreach ((WatchEventType type, V1Pod pod) in client.CoreV1.WatchListNamespacedPodAsync(
            Namespace, resourceVersion: pods.ResourceVersion(), cancellationToken: Token))
        {
            if (type != WatchEventType.Added)
                continue;
            added.Add(pod.Name());
            break;
        }

        Assert.Equal(["lobby-2"], added);
    }

    [Fact]
    public async Task Kubeconfig_in_memory_is_enough()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        using MemoryStream text = new(Encoding.UTF8.GetBytes(cluster.Kubeconfig));
        using OfficialClient client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(text));
        V1NodeList nodes = await client.CoreV1.ListNodeAsync(cancellationToken: Token);
        Assert.Equal(["node-0"], nodes.Items.Select(static node => node.Name()));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(401)]
    public async Task Refused_requests_have_the_status_of_a_server(int code)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        using OfficialClient client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));

        cluster.Faults.RefuseRequests(code, TimeSpan.FromSeconds(7.5));
        HttpOperationException refused = await Assert.ThrowsAsync<HttpOperationException>(
            () => client.CoreV1.ListNodeAsync(cancellationToken: Token));
        Assert.Equal((HttpStatusCode)code, refused.Response.StatusCode);
        Assert.Equal("8", Assert.Single(refused.Response.Headers["Retry-After"]));
        V1Status status = KubernetesJson.Deserialize<V1Status>(refused.Response.Content);
        Assert.Equal((code, 8), (status.Code, status.Details.RetryAfterSeconds));

        cluster.Faults.AcceptRequests();
        Assert.Single((await client.CoreV1.ListNodeAsync(cancellationToken: Token)).Items);
    }

    [Fact]
    public async Task Watch_after_compaction_gets_410()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        using OfficialClient client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
        V1PodList pods = await client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Token);
        await cluster.AddStatefulSetAsync(Namespace, "lobby", cancellationToken: Token);
        cluster.Faults.Compact();

        List<Exception> faults = [];
        await foreach ((WatchEventType _, V1Pod _) in client.CoreV1.WatchListNamespacedPodAsync(
            "default", resourceVersion: pods.ResourceVersion(), onError: faults.Add, cancellationToken: Token))
        {
            Assert.Fail("A watch from a forgotten version has no event.");
        }

        Assert.Equal(410, Assert.IsType<KubernetesException>(Assert.Single(faults)).Status.Code);
    }

    [Fact]
    public async Task Disposal_ends_watches_and_leaves_nothing()
    {
        TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        await cluster.AddStatefulSetAsync(Namespace, "lobby", cancellationToken: Token);
        using OfficialClient client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
        TaskCompletionSource watching = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task watch = WatchAsync();
        await watching.Task.WaitAsync(Token);

        await cluster.DisposeAsync();
        await ((Task)watch.ContinueWith(static _ => { }, TaskScheduler.Default)).WaitAsync(Token);
        Assert.False(File.Exists(cluster.KubeconfigPath));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.CoreV1.ListNodeAsync(cancellationToken: Token));

        async Task WatchAsync()
        {
            await foreach ((WatchEventType _, V1Pod _) in client.CoreV1.WatchListNamespacedPodAsync(Namespace, cancellationToken: Token))
                watching.TrySetResult();
        }
    }
}
