using System.Diagnostics.Metrics;
using System.Text.Json;
using Berth.Kubernetes;
using Berth.Kubernetes.Http;
using Berth.Planning.Objects;

namespace Berth.Planning.Cluster;

/// <summary>Lists the objects of a cluster that a plan is about, with the rights of the user. It only reads.</summary>
internal sealed class ClusterReader(ClusterAccess access, TimeProvider time)
{
    /// <summary>The location of objects that were read from a cluster.</summary>
    public const string Origin = "cluster";

    private const int PageSize = 500;

    // The limit for a list. An API server itself gives up after a minute.
    private static readonly TimeSpan s_maxPageTime = TimeSpan.FromSeconds(60);

    /// <summary>Reads all kinds. A kind that cannot be read gives a sentence; the others are still read.</summary>
    /// <param name="namespace">The namespace, or null for all.</param>
    /// <param name="unread">Gets the sentences.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<PlanObject>> ReadAsync(
        string? @namespace, List<string> unread, CancellationToken cancellationToken)
    {
        using Meter meter = new("Berth.Planning");
        using KubernetesApi api = new(access, meter, time);
        List<PlanObject> objects = [];
        List<(ClusterKind Kind, KubernetesApiException Refusal)> refused = [];
        foreach (ClusterKind kind in ClusterKind.All)
        {
            try
            {
                await ReadAsync(api, kind, @namespace, objects, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesUnreachableException exception)
            {
                // The next kind would wait as long for the same answer.
                unread.Add(exception.Message);
                break;
            }
            catch (KubernetesApiException exception) when (exception.StatusCode == 404)
            {
                // The server does not have this kind, so it has no such objects.
            }
            catch (KubernetesApiException exception) when (exception.StatusCode == 403)
            {
                refused.Add((kind, exception));
            }
            catch (KubernetesRequestException exception)
            {
                unread.Add($"{kind.Resource} are not read, and the plan does not count them: {exception.Message}");
            }
            catch (JsonException exception)
            {
                unread.Add(
                    $"{kind.Resource} are not read in full, and the plan does not count the others: the answer of {access.Server} is " +
                    $"no JSON ({exception.Message.TrimEnd('.')}). Check that it is a Kubernetes API.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                unread.Add(
                    $"{kind.Resource} and all kinds behind it are not read: {access.Server} did not send a list within 60 s. Try again.");
                break;
            }
        }

        if (refused.Count > 0)
            unread.Add(Describe(refused));
        return objects;
    }

    /// <summary>One sentence about all kinds that this user may not list, with the one command that allows them.</summary>
    private string Describe(List<(ClusterKind Kind, KubernetesApiException Refusal)> refused)
    {
        string kinds = string.Join(", ", refused.Select(static each => each.Kind.Resource));
        if (refused is [var only])
            return $"{kinds} are not read, and the plan does not count them: {only.Refusal.Message}";
        string resources = string.Join(',', refused.Select(static each => each.Kind.NameForKubectl));
        return $"{kinds} are not read, and the plan does not count them: {access.Server} refused to list them (403 Forbidden: " +
            $"{refused[0].Refusal.Status.Message?.TrimEnd('.')}). Bind this user to a ClusterRole that allows it: " +
            $"kubectl create clusterrole berth-plan --verb=list --resource={resources}";
    }

    private async Task ReadAsync(
        KubernetesApi api, ClusterKind kind, string? @namespace, List<PlanObject> objects, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            string query = next is null ? "" : $"&continue={Uri.EscapeDataString(next)}";
            using CancellationTokenSource limit = new(s_maxPageTime, time);
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using KubernetesResponse response = await api.GetAsync(
                $"{kind.PathOf(@namespace)}?limit={PageSize}{query}", both.Token).ConfigureAwait(false);
            JsonNode? list = await JsonNode.ParseAsync(response.Body, cancellationToken: both.Token).ConfigureAwait(false);
            foreach (JsonObject item in list.Items("items"))
            {
                item["apiVersion"] = kind.ApiVersion;
                item["kind"] = kind.Kind;
                objects.Add(new PlanObject(item, Origin, 0, null, "default"));
            }

            next = list.Text("metadata", "continue");
        }
        while (!string.IsNullOrEmpty(next));
    }
}
