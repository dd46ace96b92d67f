using Berth.Cli.Options;

namespace Berth.Cli.Doctor;

/// <summary>Checks the state of each replica of service A, and that all hand out the pods that the slices have.</summary>
internal sealed class DispatcherChecks(DoctorTask task, string berthVersion)
{
    // A pod may become ready while the replicas are asked one after the other.
    private const int Looks = 5;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <param name="dispatchers">The dispatchers, or none.</param>
    /// <param name="current">Reads the latest snapshot of the slices; null where there is none.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(
        DispatcherChoice dispatchers, Func<EndpointSnapshot?> current, CancellationToken cancellationToken)
    {
        if (dispatchers.Urls.Length == 0)
        {
            return
            [
                CheckResult.Skipped("dispatcher", "No dispatcher is named. Give its address with --url, such as http://service-a.games."),
            ];
        }

        DispatcherClient client = new(task, dispatchers);
        for (int look = 1; ; look++)
        {
            List<DispatcherPage> pages = [];
            foreach (Uri url in dispatchers.Urls)
                pages.AddRange(await client.AskAsync(url, cancellationToken).ConfigureAwait(false));
            CheckResult agreement = Compare(pages, current());
            if (agreement.State != CheckState.Failed || look == Looks)
                return [.. pages.SelectMany(Describe), agreement];
            await Task.Delay(s_pause, task.Host.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private IEnumerable<CheckResult> Describe(DispatcherPage page)
    {
        if (page.Fault is { } fault)
        {
            yield return CheckResult.Failed(
                "dispatcher", $"{page.Name}: {fault}",
                page.Remedy ?? $"Check the address, and that a dispatcher runs there with --target {task.Target}.");
            yield break;
        }

        yield return page.State == "live"
            ? CheckResult.Ok("dispatcher", $"{page.Name} is live and hands out {SliceChecks.Count(page.Pods.Count, "pod")}.")
            : CheckResult.Failed(
                "dispatcher", $"{page.Name} is {page.State}: {page.Reason}",
                "It still answers with the last list. Look at its log, and at its connection to the API server.");
        if (page.Clock is { State: not (CheckState.Ok or CheckState.Skipped) } clock)
            yield return clock;
        if (page.Version is { } version && version != berthVersion)
        {
            yield return CheckResult.Warning(
                "versions", $"{page.Name} runs berth {version}, and this is berth {berthVersion}.", "Use the same version for both.");
        }
    }

    private static CheckResult Compare(IReadOnlyList<DispatcherPage> pages, EndpointSnapshot? snapshot)
    {
        List<(string Name, IReadOnlyList<string> Pods)> sides =
        [
            .. pages.Where(static page => page.Fault is null).Select(static page => (page.Name, page.Pods)),
        ];
        if (snapshot is not null)
            sides.Add(("EndpointSlices", [.. snapshot.Available.Select(static pod => $"{pod.Name} {pod.Uid} {pod.Authority}")]));
        if (sides.Count < 2)
            return CheckResult.Skipped("agreement", "There is nothing to compare the dispatcher with.");
        HashSet<string> first = new(sides[0].Pods, StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<string> pods) in sides.Skip(1))
        {
            if (first.SetEquals(pods))
                continue;
            first.SymmetricExceptWith(pods);
            string[] differing = [.. first.Select(static pod => pod.Split(' ')[0]).Distinct(StringComparer.Ordinal)];
            return CheckResult.Failed(
                "agreement", $"{sides[0].Name} and {name} differ in {PodChecks.Name(differing)}.",
                "If it stays, compare the options of the two (--base-port, --address, --stateful-set), and look whether one is stale.");
        }

        return CheckResult.Ok("agreement", $"{string.Join(", ", sides.Select(static side => side.Name))} have the same pods.");
    }
}
