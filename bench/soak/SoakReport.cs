using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Soak;

/// <summary>The one table at the end, and the verdict.</summary>
internal sealed class SoakReport
{
    private readonly List<(string Check, string Result, string Limit, bool? Good)> _rows = [];
    private readonly IEnumerable<string> _faults;
    private readonly string _head;

    public SoakReport(
        SoakOptions options, Clock clock, IReadOnlyDictionary<string, int> acts, Outages outages, Judge judge, Sampler sampler,
        SteadyB steady, Quiet quiet)
    {
        _faults = judge.Faults;
        _head = Text(
            $"Soak of {options.Duration.TotalSeconds:0} s, seed {options.Seed}: {options.Replicas} pods on {Manifests.Nodes} nodes, ") +
            $"{(options.Program is null ? "pods run by the JIT build" : "pods run by " + Path.GetFileName(options.Program))}, " +
            $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors\n" +
            $"Churn: {string.Join(", ", acts.Select(act => Text($"{act.Value} {act.Key}")))}\n" +
            Text($"Answers: {sampler.Picks} of GET /, {sampler.Pages} of /v1; {judge.Judged} targets named in them; ") +
            Text($"longest stall of the machine {clock.LongestStall.TotalSeconds:0.00} s");
        Add("answers wrong: a pod gone for longer, or none", Text($"{judge.Wrong}"), "0", judge is { Wrong: 0, Judged: > 0 });
        Add("  longest that a named pod had been gone", Seconds(judge.LongestGone), Seconds(Judge.Limit), null);
        Add("  named during an outage, so not to be known", Text($"{judge.Excused}"), "", null);
        Add("answers refused, or going back in version", Text($"{sampler.Failures}"), "0", sampler.Failures == 0);
        Add("sets not exact after quiet", Text($"{quiet.Wrong} of {quiet.Times}"), "0", quiet is { Wrong: 0, Times: > 0 });
        Add("  longest until the cluster was at rest", Seconds(quiet.LongestSettling), "", null);
        Add(
            "A says that it is stale, after a cut", Seconds(outages.LongestUntilStale), Seconds(Judge.Limit),
            outages.LongestUntilStale <= Judge.Limit + clock.LongestStall);
        TimeSpan unnoticed = outages.LongestSilenceUntilStale;
        Add(
            "A says that it is stale, after the API fell silent", outages.Silences == 0
                ? "none"
                : Seconds(unnoticed), Seconds(Churn.MaxUnnoticed),
            outages.Silences == 0 ? null : unnoticed <= Churn.MaxUnnoticed + clock.LongestStall);
        Add(
            "returns of A later than they may be", Text($"{outages.LateReturns} of {outages.Cuts + outages.Silences}"), "0",
            outages.LateReturns == 0);
        Add("  longest outage, longest return of A", $"{Seconds(outages.Longest)}, {Seconds(outages.LongestUntilLive)}", "", null);
        Add(
            "clients that B did not answer rightly", Text($"{steady.Failures} of {steady.Failures + steady.Answered}"), "0",
            steady is { Failures: 0, Answered: > 0 });
        AddTrend("A", quiet.OfA, heapNoise: 1.5);
        AddTrend("B", quiet.OfB, heapNoise: 0);
        // It keeps the newest 1,000 events, each of a few kilobytes. A soak of some minutes ends before there are so many.
        AddTrend("the cluster", quiet.OfCluster, heapNoise: 6);
    }

    public bool Passed => _rows.TrueForAll(row => row.Good != false);

    public void Write(TextWriter output)
    {
        output.WriteLine(_head);
        output.WriteLine($"{"check",-50} {"result",20} {"limit",22}  verdict");
        foreach ((string check, string result, string limit, bool? good) in _rows)
            output.WriteLine(
                $"{check,-50} {result,20} {limit,22}  {good switch { true => "ok", false => "FAILED", null => "" }}".TrimEnd());
        foreach (string fault in _faults)
            output.WriteLine($"! {fault}");
        output.WriteLine(Passed ? "verdict: ok" : "verdict: FAILED");
    }

    /// <summary>
    /// "Flat" allows a twentieth and some noise: memory that is in use only at one moment, threads that a pool adds in a busy moment, a few
    /// handles of connections. A leak with each of dozens of restarts and hundreds of pods is larger. The working set is shown and not
    /// judged: its other pages are those of program files, which come and go with the page cache.
    /// </summary>
    private void AddTrend(string whose, Trend trend, double heapNoise)
    {
        bool judged = trend.Count >= Trend.Fewest;
        AddTrend($"private memory of {whose}, MB", trend.Of(footprint => footprint.Private / 1e6), 0.05, 3 + heapNoise, judged);
        Tell("  working set, MB", trend.Of(footprint => footprint.Resident / 1e6));
        if (trend.Of(footprint => footprint.Heap).Last > 0)
            AddTrend("  managed heap, MB", trend.Of(footprint => footprint.Heap / 1e6), 0.05, heapNoise, judged);
        if (trend.Of(footprint => footprint.Native.Used).Last > 0)
        {
            AddTrend("  native heap in use, MB", trend.Of(footprint => footprint.Native.Used / 1e6), 0.05, 2, judged);
            Tell("  free, and given back before measuring, MB", trend.Of(footprint => footprint.Native.Kept / 1e6));
        }

        AddTrend($"threads of {whose}", trend.Of(footprint => footprint.Threads), 0, 6, judged);
        AddTrend($"open handles of {whose}", trend.Of(footprint => footprint.Handles), 0, 4, judged);
    }

    private void Tell(string check, (double First, double Last) values) =>
        Add(check, Text($"{values.First:0.#} -> {values.Last:0.#}"), "", null);

    private void AddTrend(string check, (double First, double Last) values, double share, double noise, bool judged)
    {
        double limit = (values.First * (1 + share)) + noise;
        Add(
            check, Text($"{values.First:0.#} -> {values.Last:0.#}"), judged ? Text($"{limit:0.#}") : "too few samples",
            judged ? values.Last <= limit : null);
    }

    private void Add(string check, string result, string limit, bool? good) => _rows.Add((check, result, limit, good));

    private static string Seconds(TimeSpan time) => Text($"{time.TotalSeconds:0.00} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
