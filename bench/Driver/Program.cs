using System.Diagnostics;
using System.Runtime.InteropServices;
using Berth.Bench.Cluster;
using Berth.Bench.Cluster.Real;
using Berth.Bench.Options;
using Berth.Bench.Report;
using Berth.Bench.Rows;

// For profiles: only the fake API server, until it is stopped.
if (args is ["serve", var slices, var pods, var changes, .. var http])
    return await FakeServer.RunAsync(slices, pods, changes, http is ["1.1"]);

// The same with a real API server.
if (args is ["real", var realSlices, var realPods, var realChanges])
    return await RealServer.RunAsync(realSlices, realPods, realChanges);

// The API server for a peer that writes, until it is stopped.
if (args is ["pods", var folder, var count])
    return await PodApi.RunAsync(folder, count);

// Also ends the servers that it has started.
using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => Environment.Exit(130));
using PosixSignalRegistration ended = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => Environment.Exit(143));

BenchOptions options = BenchOptions.Parse(args);
// Asked: whether the group has rows that depend on the API server, which --assets compares with a real one. Pods of a real one have no
// address on loopback, so the rows of reach cannot dial them, and no dispatcher reaches a desk of them: with --assets the rows of seats run
// once, and compare with an allocator at a real server. A day of changes would take it hours.
(string Name, bool Asked, Func<BenchOptions, Task<IEnumerable<Row>>> Measure)[] groups =
[
    ("pick", false, PickRows.MeasureAsync),
    ("root", true, RootRows.MeasureAsync),
    ("once", true, OnceRows.MeasureAsync),
    ("tls", true, TlsRows.MeasureAsync),
    ("churn", true, ChurnRows.MeasureAsync),
    ("scale", true, ScaleRows.MeasureAsync),
    ("list", true, FirstListRows.MeasureAsync),
    ("streaming", true, StreamingRows.MeasureAsync),
    ("clusters", true, ClusterRows.MeasureAsync),
    ("event", true, EventRows.MeasureAsync),
    ("start", true, StartRows.MeasureAsync),
    ("image", false, ImageRows.MeasureAsync),
    ("targets", true, TargetRows.MeasureAsync),
    ("watchers", true, WatcherRows.MeasureAsync),
    ("remote", true, RemoteRows.MeasureAsync),
    ("chain", true, ChainRows.MeasureAsync),
    ("call", false, CallRows.MeasureAsync),
    ("grpc", false, GrpcPickRows.MeasureAsync),
    ("reach", false, ReachRows.MeasureAsync),
    ("seats", false, SeatRows.MeasureAsync),
    ("flood", true, FloodRows.MeasureAsync),
    ("small", true, SmallRows.MeasureAsync),
    ("assets", false, AssetRows.MeasureAsync),
    ("before", false, BeforeRows.MeasureAsync),
    ("day", false, DayRows.MeasureAsync),
    ("old", true, OldWayRows.MeasureAsync),
];

List<Row> rows = [];
foreach ((string name, bool asked, Func<BenchOptions, Task<IEnumerable<Row>>> measure) in groups)
{
    bool usual = options.Assets ? asked || name is "assets" or "seats" : name is not ("day" or "assets" or "before");
    if (options.Only.Count > 0 ? !options.Only.Contains(name) : !usual)
        continue;
    long began = Stopwatch.GetTimestamp();
    Console.Error.Write($"{name} ...");
    try
    {
        rows.AddRange(options.Assets && asked ? await RealRows.CompareAsync(options, measure) : await measure(options));
    }
    catch (Exception exception)
    {
        // A row that could not be measured is shown as missed, not left out.
        Console.Error.WriteLine($"\n{exception}");
        rows.Add(new Row(name, "", "not measured", "", "", false));
    }

    Console.Error.WriteLine($" {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
}

Table.Write(Console.Out, rows);
return rows.Exists(static row => row.Met == false) ? 1 : 0;
