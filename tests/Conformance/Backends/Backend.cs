using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Backends;

/// <summary>
/// One namespace of one Kubernetes API: the cases run against it unchanged. If a backend cannot do something, the test that needs it is
/// skipped, with the reason.
/// </summary>
internal abstract class Backend : IAsyncDisposable
{
    public const string Account = "service-a";

    protected Backend(Uri server, string? authorityPem, KubeApi api)
    {
        Server = server;
        AuthorityPem = authorityPem;
        Api = api;
    }

    /// <summary>The API, with an administrator's rights.</summary>
    public KubeApi Api { get; }

    public Uri Server { get; }

    /// <summary>The authority of the server's certificate; null for the system's authorities.</summary>
    public string? AuthorityPem { get; }

    /// <summary>The name in the server's certificate.</summary>
    public virtual string ServerName => Server.DnsSafeHost;

    /// <summary>Random, so that tests and people do not meet.</summary>
    public string Namespace { get; } = $"berth-conformance-{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>The time limit of every step here.</summary>
    public virtual TimeSpan Patience => TestKit.Wait.Limit;

    /// <summary>True once the namespace exists.</summary>
    protected bool IsPrepared { get; private set; }

    public string Slices => Slice.In(Namespace);

    /// <summary>Creates the namespace, and in it the service account and Role of deploy/base.</summary>
    public async Task PrepareAsync()
    {
        JsonObject labels = new() { ["pod-security.kubernetes.io/enforce"] = "privileged" };
        await Api.CreateAsync(
            "/api/v1/namespaces",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Namespace",
                ["metadata"] = new JsonObject { ["name"] = Namespace, ["labels"] = labels },
            });
        IsPrepared = true;
        foreach (JsonObject item in DeployedRole.Read(Namespace))
        {
            await Api.CreateAsync(DeployedRole.CollectionOf(item), item);
        }
    }

    /// <summary>A fresh token of the service account.</summary>
    public abstract Task<string> IssueTokenAsync();

    /// <summary>Makes every token issued so far worthless.</summary>
    public abstract Task ExpireTokensAsync();

    /// <summary>Forgets the history: nothing before now can be watched or paged from.</summary>
    public abstract Task CompactAsync();

    /// <summary>Stops the API server, does something meanwhile, and starts it again.</summary>
    public abstract Task RestartAsync(Func<Task> whileDown);

    /// <summary>Creates the Services and the StatefulSet. Its pods come up after it returns.</summary>
    public async Task RunAsync(Workload workload)
    {
        foreach (string service in workload.Services)
        {
            await Api.CreateAsync($"/api/v1/namespaces/{Namespace}/services", workload.Service(service));
        }

        await Api.CreateAsync($"/apis/apps/v1/namespaces/{Namespace}/statefulsets", workload.StatefulSet());
        await PlayControllersAsync(workload);
    }

    public async Task ScaleAsync(Workload workload, int replicas)
    {
        JsonObject patch = new() { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        await Api.MergeAsync($"/apis/apps/v1/namespaces/{Namespace}/statefulsets/{workload.Name}/scale", patch);
        await PlayControllersAsync(workload);
    }

    /// <summary>Deletes a pod, which then takes its time to end.</summary>
    public async Task BeginDeletionAsync(Workload workload, string pod)
    {
        await Api.DeleteAsync($"/api/v1/namespaces/{Namespace}/pods/{pod}");
        await PlayControllersAsync(workload);
    }

    /// <summary>Deletes a pod now; the StatefulSet makes another.</summary>
    public async Task FinishDeletionAsync(Workload workload, string pod)
    {
        await Api.DeleteAsync($"/api/v1/namespaces/{Namespace}/pods/{pod}?gracePeriodSeconds=0");
        await PlayControllersAsync(workload);
    }

    /// <summary>The pods in the API: name to UID and address, for pods that have an address.</summary>
    public async Task<IReadOnlyDictionary<string, (string Uid, string Address)>> PodsAsync()
    {
        IReadOnlyList<JsonNode> pods = await Api.ItemsAsync($"/api/v1/namespaces/{Namespace}/pods");
        return pods.Where(pod => pod["status"]?["podIP"] is not null).ToDictionary(
            pod => pod["metadata"]!["name"]!.GetValue<string>(),
            pod => (pod["metadata"]!["uid"]!.GetValue<string>(), pod["status"]!["podIP"]!.GetValue<string>()),
            StringComparer.Ordinal);
    }

    public virtual ValueTask DisposeAsync()
    {
        Api.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Only without controllers: does their work now.</summary>
    protected virtual Task PlayControllersAsync(Workload workload) => Task.CompletedTask;
}
