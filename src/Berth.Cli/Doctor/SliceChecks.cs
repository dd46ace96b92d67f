using System.Globalization;
using System.Text.Json;
using Berth.Kubernetes;

namespace Berth.Cli.Doctor;

/// <summary>Checks the rights to list and watch EndpointSlices, and the content of the target's slices.</summary>
internal sealed class SliceChecks(DoctorTask task, ApiQuestions api)
{
    private const string PageSize = "500";

    private string Path => $"/apis/discovery.k8s.io/v1/namespaces/{task.Target.Namespace}/endpointslices"
        + $"?labelSelector=kubernetes.io%2Fservice-name%3D{task.Target.Service}";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        List<CheckResult> results = [];
        ApiAnswer list = await api.GetAsync($"{Path}&limit={PageSize}", cancellationToken).ConfigureAwait(false);
        JsonElement[] slices = [.. list.Items];
        JsonElement[] endpoints = [.. slices.SelectMany(static slice => ApiAnswer.Elements(slice, "endpoints"))];
        results.Add(
            !list.IsGood ? Refused("list", list)
            : slices.Length == 0
                ? CheckResult.Failed(
                    "list", $"The right to list EndpointSlices is there, and {task.Target} has none.",
                    "Check that the Service exists and has a selector: " +
                    $"kubectl -n {task.Target.Namespace} get service {task.Target.Service}.")
            : CheckResult.Ok("list", $"{Count(slices.Length, "EndpointSlice")} with {Count(endpoints.Length, "endpoint")}."));

        string version = ApiAnswer.Text(list.Body, "metadata", "resourceVersion") ?? "0";
        ApiAnswer watch = await api.OpenAsync(
            $"{Path}&watch=1&timeoutSeconds=1&resourceVersion={Uri.EscapeDataString(version)}", cancellationToken).ConfigureAwait(false);
        results.Add(watch.IsGood ? CheckResult.Ok("watch", "The server accepts a watch of EndpointSlices.") : Refused("watch", watch));
        if (task.Cluster.Address != AddressMode.Internal)
        {
            ApiAnswer nodes = await api.GetAsync("/api/v1/nodes?limit=1", cancellationToken).ConfigureAwait(false);
            results.Add(nodes.IsGood
                ? CheckResult.Ok("nodes", "Nodes can be listed, for external addresses.")
                : CheckResult.Failed(
                    "nodes", $"Nodes cannot be listed: {nodes.Fault}",
                    "Bind this account to a ClusterRole with apiGroups [\"\"], resources [nodes], verbs [list, watch]; " +
                    "deploy/overlays/external-addresses has it. Or leave --address out."));
        }

        if (endpoints.Length > 0)
            results.Add(HostNames(endpoints));
        return results;
    }

    private CheckResult Refused(string verb, ApiAnswer answer) => CheckResult.Failed(
        verb, $"The API server does not {verb} EndpointSlices of {task.Target.Namespace}: {answer.Fault}",
        answer.Status == 403
            ? $"Bind this account to a Role in {task.Target.Namespace} with apiGroups [discovery.k8s.io], resources [endpointslices], " +
                "verbs [list, watch]; deploy/base/service-a.yaml has it."
            : answer.Status == 401 ? "The credentials are not known to the server, or have expired. Log in again, or renew the token."
            : "Try again; if it stays, look at the API server.");

    private CheckResult HostNames(JsonElement[] endpoints)
    {
        int named = endpoints.Count(static endpoint => ApiAnswer.Text(endpoint, "hostname") is { Length: > 0 });
        int referring = endpoints.Count(static endpoint => ApiAnswer.Text(endpoint, "targetRef", "name") is { Length: > 0 });
        string what = $"{Number(named)} of {Number(endpoints.Length)} endpoints have a hostname";
        if (named == endpoints.Length)
            return CheckResult.Ok("hostnames", $"{what}.");
        string remedy = $"Make {task.Target.Service} the serviceName of the StatefulSet; then the controller writes hostnames.";
        return referring == endpoints.Length
            ? CheckResult.Warning(
                "hostnames", $"{what}, so DNS has no names of the others. Berth uses targetRef, which all have.", remedy)
            : CheckResult.Failed(
                "hostnames", $"{what}, and {Number(endpoints.Length - referring)} name no pod at all (targetRef): their ports are unknown.",
                remedy);
    }

    public static string Count(int number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
