using System.Text;
using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Kubernetes;
using Berth.TestKit;

namespace Berth.Conformance.Discovery;

/// <summary>
/// Berth as service A runs it: a token of its service account, the Role of deploy/base, and a relay on the way to the API server.
/// </summary>
internal sealed class Discoverer : IAsyncDisposable
{
    private readonly Backend _backend;
    private readonly TestFolder _folder = new();
    private readonly EndpointDirectory _directory;

    private Discoverer(Backend backend, string token, bool streamingLists)
    {
        _backend = backend;
        Relay = new Relay(_backend.Server);
        WriteToken(token);
        string kubeconfig = _folder["kubeconfig"];
        File.WriteAllText(kubeconfig, Kubeconfig().ToJsonString());
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = kubeconfig });
        KubernetesEndpointSourceOptions options = new() { StreamingLists = streamingLists };
        _directory = KubernetesEndpoints.Connect(
            access, options, new EndpointDirectoryOptions { FirstSnapshotTimeout = _backend.Patience });
    }

    public Relay Relay { get; }

    public static async Task<Discoverer> StartAsync(Backend backend, bool streamingLists = false) =>
        new(backend, await backend.IssueTokenAsync(), streamingLists);

    public EndpointView Follow(string service, PortScheme? ports = null) =>
        _directory.Follow(new ServiceTarget(_backend.Namespace, service), ports ?? PortScheme.PerOrdinal(3000));

    /// <summary>Puts another token into the file, as the kubelet does.</summary>
    public void WriteToken(string token) => File.WriteAllText(_folder["token"], token);

    /// <summary>Waits for a snapshot as wanted; says what there was instead when it never comes.</summary>
    public async Task<EndpointSnapshot> WaitAsync(EndpointView view, Func<EndpointSnapshot, bool> condition, string what)
    {
        await WaitForAsync(view, () => view.Current is { } current && condition(current), what);
        return view.Current!;
    }

    /// <summary>Waits for the view to be as wanted, its trouble included.</summary>
    public async Task WaitForAsync(EndpointView view, Func<bool> condition, string what)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_backend.Patience);
        try
        {
            while (true)
            {
                Task<bool> change = view.WaitForChangeAsync(view.Current, limit.Token);
                if (condition())
                {
                    return;
                }

                Assert.True(await change, "The _directory was disposed.");
            }
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            string seen = view.Current is { } current ? $"{current}: {string.Join(", ", current.Endpoints.Take(10))}" : "no snapshot";
            throw new TimeoutException(
                $"{what}: not within {_backend.Patience.TotalSeconds:0} s. Seen: {seen}. Trouble: {view.Failure?.Message ?? "none"}",
                exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        await Relay.DisposeAsync();
        _folder.Dispose();
    }

    private JsonObject Kubeconfig()
    {
        // The server's path is kept, for clusters behind a path.
        UriBuilder address = new(_backend.Server) { Host = "127.0.0.1", Port = Relay.Port };
        JsonObject cluster = new() { ["server"] = address.Uri.AbsoluteUri.TrimEnd('/') };
        if (_backend.Server.Scheme == Uri.UriSchemeHttps)
        {
            if (_backend.AuthorityPem is { } authority)
            {
                cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority));
            }

            if (_backend.ServerName != "127.0.0.1")
            {
                cluster["tls-server-name"] = _backend.ServerName;
            }
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "it",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "it", ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "it", ["user"] = new JsonObject { ["tokenFile"] = "token" } }),
            ["contexts"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "it",
                    ["context"] = new JsonObject { ["cluster"] = "it", ["user"] = "it", ["namespace"] = _backend.Namespace },
                }),
        };
    }
}
