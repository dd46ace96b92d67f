using System.Diagnostics;
using System.Runtime.InteropServices;
using Berth.Bench;
using Berth.Bench.Cluster;
using Berth.Bench.Cluster.Real;
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
(string Name, Func<BenchOptions, Task<IEnumerable<Row>>> Measure)[] groups =
[
    ("pick", PickRows.MeasureAsync),
    ("root", RootRows.MeasureAsync),
    ("once", OnceRows.MeasureAsync),
    ("tls", TlsRows.MeasureAsync),
    ("churn", ChurnRows.MeasureAsync),
    ("scale", ScaleRows.MeasureAsync),
    ("list", FirstListRows.MeasureAsync),
    ("clusters", ClusterRows.MeasureAsync),
    ("event", EventRows.MeasureAsync),
    ("start", StartRows.MeasureAsync),
    ("image", ImageRows.MeasureAsync),
    ("targets", TargetRows.MeasureAsync),
    ("watchers", WatcherRows.MeasureAsync),
    ("remote", RemoteRows.MeasureAsync),
    ("chain", ChainRows.MeasureAsync),
    ("call", CallRows.MeasureAsync),
    ("grpc", GrpcPickRows.MeasureAsync),
    ("reach", ReachRows.MeasureAsync),
    ("seats", SeatRows.MeasureAsync),
    ("flood", FloodRows.MeasureAsync),
    ("small", SmallRows.MeasureAsync),
    ("assets", AssetRows.MeasureAsync),
    ("before", BeforeRows.MeasureAsync),
    ("day", DayRows.MeasureAsync),
    ("old", OldWayRows.MeasureAsync),
];

List<Row> rows = [];
foreach ((string name, Func<BenchOptions, Task<IEnumerable<Row>>> measure) in groups)
{
    if (options.Only.Count > 0 ? !options.Only.Contains(name) : name is "day" or "assets" or "before")
        continue;
    long began = Stopwatch.GetTimestamp();
    Console.Error.Write($"{name} ...");
    try
    {
        rows.AddRange(await measure(options));
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
