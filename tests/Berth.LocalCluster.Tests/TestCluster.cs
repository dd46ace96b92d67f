using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.LocalCluster;

/// <summary>A local cluster for one test, with an HTTP client that trusts it and speaks as its administrator.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Namespace = "k8s-example2";
    public static readonly TimeSpan Patience = Wait.Limit;

    private readonly FakeTimeProvider? _clock;

    private TestCluster(LocalCluster cluster, FakeTimeProvider? clock)
    {
        _clock = clock;
        Cluster = cluster;
        Http = NewClient(cluster.KubeconfigPath);
    }

    public LocalCluster Cluster { get; }

    public HttpClient Http { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestCluster> StartAsync(LocalClusterOptions options) =>
        new(await LocalCluster.StartAsync(options, Token), options.TimeProvider as FakeTimeProvider);

    /// <summary>A cluster without processes, with the namespace of the tests.</summary>
    public static Task<TestCluster> StartAsync(int nodes = 1, TimeProvider? time = null) => StartAsync(new LocalClusterOptions
    {
        RunProcesses = false,
        Nodes = nodes,
        TimeProvider = time ?? TimeProvider.System,
        Manifests = [TestManifests.Namespace],
    });

    /// <summary>A handler that trusts the cluster, for a client of WebSockets.</summary>
    public HttpMessageInvoker NewInvoker() => new(NewHandler(File.ReadAllText(Cluster.KubeconfigPath)));

    public static HttpClient NewClient(string kubeconfigPath)
    {
        string text = File.ReadAllText(kubeconfigPath);
        string token = text.Contains("tokenFile:", StringComparison.Ordinal)
            ? File.ReadAllText(Field(text, "tokenFile")) : Field(text, "token");
        SocketsHttpHandler handler = NewHandler(text);
        return new HttpClient(new CutConnections(handler))
        {
            BaseAddress = new Uri(Field(text, "server")),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    private static string Field(string kubeconfig, string name) =>
        kubeconfig.Split('\n').First(line => line.Contains(name + ":", StringComparison.Ordinal)).Split(": ")[1].Trim().Trim('"');

    private static SocketsHttpHandler NewHandler(string kubeconfig)
    {
        byte[] pem = Convert.FromBase64String(Field(kubeconfig, "certificate-authority-data"));
        SocketsHttpHandler handler = new();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem)) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        return handler;
    }

    /// <summary>True when a pod is ready.</summary>
    public static bool IsReady(JsonNode pod) => pod["status"]!["conditions"] is JsonArray conditions
        && conditions.Any(condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True");

    /// <summary>True when a slice has this number of endpoints, all ready.</summary>
    public static bool HasReady(JsonNode slice, int count) => slice["endpoints"] is JsonArray endpoints
        && endpoints.Count == count
        && endpoints.All(endpoint => (bool)endpoint!["conditions"]!["ready"]!);

    /// <summary>The ready endpoints of all slices of a list.</summary>
    public static int CountReady(JsonNode list) => list["items"]!.AsArray()
        .SelectMany(slice => slice!["endpoints"] as JsonArray ?? [])
        .Count(endpoint => (bool)endpoint!["conditions"]!["ready"]!);

    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!);
    }

    /// <summary>Sends a merge patch.</summary>
    public Task<(HttpStatusCode Status, JsonNode Body)> MergeAsync(string path, string patch) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    /// <summary>Sends a strategic merge patch, as kubectl does.</summary>
    public Task<(HttpStatusCode Status, JsonNode Body)> PatchAsync(string path, string patch) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/strategic-merge-patch+json");

    public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(
        HttpMethod method, string path, string body, string contentType = "application/json")
    {
        using HttpRequestMessage request = new(method, path) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        using HttpResponseMessage response = await Http.SendAsync(request, Token);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!);
    }

    /// <summary>A watch's events, as they come, until it ends.</summary>
    public async IAsyncEnumerable<JsonNode> WatchAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Version = HttpVersion.Version20 };
        using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Token));
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            yield return JsonNode.Parse(line)!;
        }
    }

    /// <summary>
    /// Every event of a watch from a version up to now, with bookmarks if wanted. A watch that ends before that, as one of a second can on
    /// a busy machine, is resumed where it ended, so the result does not depend on speed.
    /// </summary>
    public async Task<JsonArray> EventsSinceAsync(string path, string version, bool bookmarks = false)
    {
        long now = VersionOf((await GetAsync(path)).Body);
        char joint = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        JsonArray events = [];
        while (long.Parse(version, CultureInfo.InvariantCulture) < now)
        {
            await foreach (
                JsonNode item in WatchAsync($"{path}{joint}watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion={version}"))
            {
                Assert.NotEqual("ERROR", (string?)item["type"]);
                version = VersionOf(item["object"]!).ToString(CultureInfo.InvariantCulture);
                if (bookmarks || (string?)item["type"] != "BOOKMARK")
                    events.Add(item);
            }
        }

        return events;
    }

    /// <summary>Waits for the pods to be as wanted; says how they are when they never are.</summary>
    public async Task<IReadOnlyList<PodSummary>> WaitAsync(Func<IReadOnlyList<PodSummary>, bool> condition)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        try
        {
            return await Cluster.WaitForPodsAsync(condition, patience.Token);
        }
        catch (OperationCanceledException exception) when (!Token.IsCancellationRequested)
        {
            IEnumerable<string> pods = Cluster.Pods.Take(20).Select(pod => $"{pod.Name} {pod.State} ready={pod.Ready}");
            throw new TimeoutException("The pods never were as wanted: " + string.Join("; ", pods), exception);
        }
    }

    public async Task<IReadOnlyList<PodSummary>> WaitReadyAsync(int count) =>
        await WaitAsync(pods => pods.Count == count && pods.All(pod => pod.Ready && !pod.Terminating));

    /// <summary>Waits for an object of the API to be as wanted.</summary>
    public async Task<JsonNode> WaitForAsync(string path, Func<JsonNode, bool> condition)
    {
        JsonNode? last = null;
        try
        {
            return await Wait.ForAsync(
                path,
                async _ =>
                {
                    try
                    {
                        last = (await GetAsync(path)).Body;
                    }
                    catch (HttpRequestException exception)
                    {
                        // Not one of those that the wait passes over: an API that does not answer is a failure here.
                        throw new InvalidOperationException($"{path} cannot be read: {exception.Message}", exception);
                    }

                    return condition(last) ? last : null;
                },
                Token);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{path} never was as wanted: {last}", exception);
        }
    }

    /// <summary>Waits for the first event of a reason about an object. Returns its message.</summary>
    public async Task<string> EventAsync(string reason, string about)
    {
        JsonNode? Find(JsonNode list) => list["items"]!.AsArray()
            .FirstOrDefault(item => (string?)item!["reason"] == reason && (string?)item["involvedObject"]!["name"] == about);
        JsonNode events = await WaitForAsync($"/api/v1/namespaces/{Namespace}/events", list => Find(list) is not null);
        return (string)Find(events)!["message"]!;
    }

    /// <summary>The version of an object or a list.</summary>
    public static long VersionOf(JsonNode node) => long.Parse((string)node["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Task ending = Cluster.DisposeAsync().AsTask();

        // Pods need time to end, so a fake clock must move.
        if (_clock is not null)
        {
            await Wait.ForAsync(
                () => ending.IsCompleted, () => _clock.Advance(TimeSpan.FromMilliseconds(100)), CancellationToken.None);
        }

        await ending;
    }
}
