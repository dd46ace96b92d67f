using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// Evicts pods, as kubectl drain asks (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/): a deletion that a
/// PodDisruptionBudget can refuse.
/// </summary>
internal sealed class PodEviction(ObjectOperations operations, TimeProvider time)
{
    private const string ByApi = "kube-apiserver";
    private readonly ObjectStore _store = operations.Store;

    /// <exception cref="ApiException">404, 409, or 429: a budget does not allow it now.</exception>
    public JsonObject Evict(string? @namespace, string name, JsonObject eviction, bool dryRun)
    {
        DeleteOptions options = Read(@namespace, name, eviction);
        if (dryRun)
            options = options with { DryRun = true };
        StoredObject pod = _store.Get(KindTable.Pod, @namespace, name);
        bool unready = !IsFree(pod) && NeedsNoBudget(pod, options);
        bool pinned = unready && options.ResourceVersion is null;
        if (pinned)
            options = options with { ResourceVersion = pod.Body.Text("metadata", "resourceVersion") };
        try
        {
            Delete(pod, options);
        }
        catch (ApiException exception) when (exception.Code == 409 && pinned)
        {
            // It may be ready now, so the client asks again.
            throw StillProcessed(_store.BudgetsOf(pod).First().Name);
        }

        return JsonWriting.Fields(
            ("kind", "Status"), ("apiVersion", "v1"), ("metadata", new JsonObject()), ("status", "Success"), ("code", 201));
    }

    private static DeleteOptions Read(string? @namespace, string name, JsonObject eviction)
    {
        if (eviction.Text("kind") is { } kind && kind != KindTable.Eviction.Kind)
        {
            string version = eviction.Text("apiVersion")?.Split('/')[^1] ?? "";
            throw ApiException.BadRequest(
                $"{kind} in version \"{version}\" cannot be handled as a Eviction: "
                + $"converting ({version}.{kind}) to (policy.Eviction): unknown conversion");
        }

        if ((eviction.Text("metadata", "namespace") ?? @namespace) != @namespace)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (eviction.Text("metadata", "name") != name)
            throw ApiException.BadRequest("name in URL does not match name in Eviction object");
        return DeleteOptions.From(eviction["deleteOptions"], static _ => null);
    }

    /// <summary>True for a pod that a budget does not count: one that ends, has ended, or has not started.</summary>
    private static bool IsFree(StoredObject pod) =>
        pod.Body.IsTerminating() || pod.Body.Text("status", "phase") is "Succeeded" or "Failed" or "Pending";

    /// <summary>Takes the eviction off the budget of the pod. Returns true if the pod is not ready and may go without that.</summary>
    private bool NeedsNoBudget(StoredObject pod, DeleteOptions options)
    {
        List<StoredObject> budgets = [.. _store.BudgetsOf(pod)];
        if (budgets.Count == 0)
            return false;
        if (budgets.Count > 1)
        {
            throw new ApiException(
                500, null, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }

        if (!pod.Body.IsReady() && MayGoUnready(budgets[0].Body))
            return true;
        void Take(JsonObject budget)
        {
            Require(budget);
            JsonObject status = budget.Child("status");
            status["disruptionsAllowed"] = status.Number("disruptionsAllowed") - 1;
            if (status.Number("disruptionsAllowed") == 0)
                DisruptionBudget.WriteAllowed(status, time);
            status.Child("disruptedPods")[pod.Name] = time.Timestamp();
        }

        if (options.DryRun)
            Require(budgets[0].Body);
        else
            _store.UpdateStatus(budgets[0], ByApi, time, Take);
        return false;
    }

    private static bool MayGoUnready(JsonObject budget)
    {
        long wanted = budget.Number("status", "desiredHealthy") ?? 0;
        return budget.Text("spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow"
            || (wanted > 0 && budget.Number("status", "currentHealthy") >= wanted);
    }

    private static void Require(JsonObject budget)
    {
        string name = budget.Text("metadata", "name")!;
        if ((budget.Number("status", "observedGeneration") ?? 0) < budget.Number("metadata", "generation"))
            throw StillProcessed(name);
        if (budget.Number("status", "disruptionsAllowed") > 0)
            return;
        long wanted = budget.Number("status", "desiredHealthy") ?? 0;
        long healthy = budget.Number("status", "currentHealthy") ?? 0;
        throw Refused(healthy <= wanted
            ? $"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
            : $"The disruption budget {name} does not allow evicting pods currently");
    }

    /// <summary>Notes in the pod that it is evicted, and deletes it.</summary>
    private void Delete(StoredObject pod, DeleteOptions options)
    {
        if (!options.DryRun)
        {
            _store.Update(KindTable.Pod, pod.Namespace, pod.Name, body =>
            {
                options.Require(KindTable.Pod, body);
                Note(body.Child("status"));
                return body;
            });
            options = options with { ResourceVersion = null };
        }

        operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, options);
    }

    private void Note(JsonObject status)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        if (conditions.Any(static condition => condition.Text("type") == "DisruptionTarget"))
            return;
        conditions.Add((JsonNode)new JsonObject
        {
            ["type"] = "DisruptionTarget",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = time.Timestamp(),
            ["reason"] = "EvictionByEvictionAPI",
            ["message"] = "Eviction API: evicting",
        });
    }

    private static ApiException StillProcessed(string budget) =>
        Refused($"The disruption budget {budget} is still being processed by the server.", retryAfter: 10);

    private static ApiException Refused(string cause, int? retryAfter = null) => new(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.",
        JsonWriting.Fields(
            ("causes", new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = cause })),
            ("retryAfterSeconds", retryAfter)));
}
