using System.Net;
using Berth.Bench.Options;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Reading a snapshot and picking from it, in this process. <c>bench/micro</c> measures it in more detail.</summary>
internal static class PickRows
{
    private const int Picks = 5_000_000;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        List<Row> rows = [];
        foreach (int count in new[] { 3, 1000, 100_000 })
        {
            await using EndpointDirectory directory = new(new FixedSource(count));
            EndpointView view = directory.Follow(new ServiceTarget("scale", "service-b"), PortScheme.Fixed(3000));
            await directory.GetEndpointsAsync(view.Target, view.Ports);
            long available = 0;
            // In the first rounds the JIT compiler optimises.
            double[] one = [.. Enumerable.Range(0, options.Rounds + 2).Select(_ => Round(view, 1, ref available)).Skip(2)];
            double[] two = [.. Enumerable.Range(0, options.Rounds).Select(_ => Round(view, Environment.ProcessorCount, ref available))];
            rows.Add(new Row(
                $"read and pick, {count:#,0} endpoints",
                "< 20 ns, 0 B",
                FormattableString.Invariant(
                    $"{Figures.Median(one):0.0} ns, {(double)available / Picks / (one.Length + two.Length):0.##} B"),
                "",
                FormattableString.Invariant($"{Environment.ProcessorCount} threads: {Figures.Median(two):0.0} ns"),
                Figures.Median(one) < 20 && Figures.Median(two) < 20 && available < Picks / 100));
        }

        return rows;
    }

    /// <summary>
    /// The CPU time of one pick in nanoseconds, over all threads. The time that a thread waits for a processor does not count.
    /// </summary>
    private static double Round(EndpointView view, int threads, ref long allocated)
    {
        long bytes = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Interlocked.Add(ref bytes, Loop(view))))];
        foreach (Thread thread in all)
            thread.Start();
        foreach (Thread thread in all)
            thread.Join();
        allocated += bytes;
        return (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / Picks / threads;
    }

    private static long Loop(EndpointView view)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        PodEndpoint? last = null;
        for (int i = 0; i < Picks; i++)
            last = view.Current!.PickRandom();
        GC.KeepAlive(last);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Returns the same snapshot every time.</summary>
    private sealed class FixedSource(int count) : IEndpointSource, IEndpointStream
    {
        private bool _given;
        private PortScheme _ports = PortScheme.Fixed(3000);

        public IEndpointStream Open(ServiceTarget target, PortScheme ports)
        {
            _ports = ports;
            return this;
        }

        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            if (_given)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            _given = true;
            return EndpointSnapshot.Create(new ServiceTarget("scale", "service-b"), _ports, Enumerable.Range(0, count).Select(Pod));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static PodEndpoint Pod(int i) => PodEndpoint.Create(
            FormattableString.Invariant($"service-b-{i}"),
            "scale",
            [new IPAddress([10, 1, (byte)(i >> 8), (byte)i])],
            [new EndpointPort("", 3000)],
            i);
    }
}
