using System.Diagnostics;
using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>The time from an event of the API server until GET / answers with the new address.</summary>
internal static class EventRows
{
    private const int Samples = 200;
    private const int SamplesInTurn = 40;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 1));
        await using ServerProcess berth = Servers.Berth(options, api);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        double[] times = await SampleAsync(api, berth.Url, turn: options.Turn);
        double median = Figures.Median(times);
        return [new Row("from the API's event to the answer, median", "< 2 ms", Figures.Milliseconds(median), "",
            $"p99 {Figures.Milliseconds(times[Samples * 99 / 100])}", median < 2)];
    }

    /// <summary>The times from a change until the answer has the new address, in milliseconds, sorted.</summary>
    public static async Task<double[]> SampleAsync(IApiServer api, string url, int slice = 0, Func<Task>? turn = null)
    {
        using RawClient client = new(url);
        double[] times = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            if (i % SamplesInTurn == 0 && turn is not null)
                await turn();
            await Task.Delay(5);
            await api.ChangeAsync(slice);
            long sent = Stopwatch.GetTimestamp();
            byte[] wanted = RawClient.Bytes("\r\n\r\n" + api.FirstAddress(slice) + ":");
            while (!client.Asks(wanted))
            {
                if (Stopwatch.GetElapsedTime(sent).TotalSeconds > 10)
                    throw new TimeoutException("GET / did not show an event within 10 s.");
            }

            times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }
}
