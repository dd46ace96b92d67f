using System.Net;
using Berth.Cli.Options;

namespace Berth.Cli.Doctor;

/// <summary>Compares the records of the headless Service with the pods of its EndpointSlices.</summary>
internal sealed class DnsChecks(DoctorTask task)
{
    // Resolvers keep records for their TTL: 30 s in most clusters.
    private const string Remedy =
        "Records lag behind by their TTL: try again after 30 s. Else check --cluster-domain and --dns-server, and that the Service is " +
        "headless and the serviceName of the StatefulSet.";

    /// <param name="choice">The DNS servers.</param>
    /// <param name="slices">The pods of the slices, or null where they could not be read.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<CheckResult> RunAsync(SourceChoice choice, EndpointSnapshot? slices, CancellationToken cancellationToken)
    {
        EndpointDirectory directory = choice.Open(task.Host).Directory;
        await using (directory.ConfigureAwait(false))
        {
            EndpointView view = directory.Follow(task.Target, task.Ports);
            EndpointSnapshot? found;
            try
            {
                found = await task.WithinAsync(token => FirstAsync(view, token), cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException exception)
            {
                return CheckResult.Failed("dns", view.Failure?.Message ?? exception.Message, Remedy);
            }

            return found is null ? CheckResult.Failed("dns", view.Failure!.Message, Remedy) : Compare(found, slices);
        }
    }

    private static async Task<EndpointSnapshot?> FirstAsync(EndpointView view, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<bool> change = view.WaitForChangeAsync(view.Current, cancellationToken);
            if (view.Current is { } snapshot)
                return snapshot;
            if (view.Failure is not null)
                return null;
            await change.ConfigureAwait(false);
        }
    }

    private static CheckResult Compare(EndpointSnapshot dns, EndpointSnapshot? slices)
    {
        if (slices is null)
        {
            return CheckResult.Ok(
                "dns", $"DNS names {SliceChecks.Count(dns.Endpoints.Count, "pod")}; there is nothing to compare them with.");
        }

        Dictionary<string, IReadOnlyList<IPAddress>> own = ByName(slices.Available);
        Dictionary<string, IReadOnlyList<IPAddress>> theirs = ByName(dns.Endpoints);
        string[] missing = [.. own.Keys.Where(name => !theirs.ContainsKey(name))];
        string[] extra = [.. theirs.Keys.Where(name => !own.ContainsKey(name))];
        string[] moved =
        [
            .. own.Where(pod => theirs.TryGetValue(pod.Key, out IReadOnlyList<IPAddress>? other) && !other.Intersect(pod.Value).Any())
                .Select(static pod => pod.Key),
        ];
        if (missing.Length + extra.Length + moved.Length == 0)
            return CheckResult.Ok("dns", $"DNS and the EndpointSlices have the same {SliceChecks.Count(own.Count, "pod")}.");
        List<string> parts = [];
        if (missing.Length > 0)
            parts.Add($"DNS lacks {PodChecks.Name(missing)}");
        if (extra.Length > 0)
            parts.Add($"only DNS has {PodChecks.Name(extra)}");
        if (moved.Length > 0)
            parts.Add($"DNS has another address for {PodChecks.Name(moved)}");
        string sentence = string.Join("; ", parts);
        return CheckResult.Failed("dns", $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.", Remedy);
    }

    /// <summary>Returns the addresses by pod. If two pods have one name, the first counts.</summary>
    private static Dictionary<string, IReadOnlyList<IPAddress>> ByName(IEnumerable<PodEndpoint> pods) =>
        pods.DistinctBy(static pod => pod.Name, StringComparer.Ordinal)
            .ToDictionary(static pod => pod.Name, static pod => pod.Addresses, StringComparer.Ordinal);
}
