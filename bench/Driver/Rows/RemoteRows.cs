using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Service A with 60,000 endpoints from another service A, compared with that one, which reads the API.</summary>
internal static class RemoteRows
{
    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 600, 100));
        List<Cost> direct = [];
        List<Cost> remote = [];
        List<double> serving = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            await using ServerProcess source = Servers.Berth(options, api);
            await source.ReadyAsync();
            await Task.Delay(500);
            direct.Add(new Cost(source.Resident, source.Cpu.TotalMilliseconds));
            remote.Add(await FollowAsync(options, source));
            serving.Add(source.Resident - direct[^1].Memory);
        }

        double memory = Figures.Median(remote.Zip(direct, static (r, d) => r.Memory / d.Memory));
        double cpu = Figures.Median(remote.Zip(direct, static (r, d) => r.Cpu / d.Cpu));
        return
        [
            new Row(
                "60,000 endpoints through one dispatcher, memory", "<= 1.2 of the direct source",
                Figures.Megabytes(Figures.Median(remote.Select(static r => r.Memory))), Figures.Ratio(memory),
                $"direct {Figures.Megabytes(Figures.Median(direct.Select(static d => d.Memory)))}", memory <= 1.2),
            new Row(
                "  CPU, start included", "<= 2.0 of the direct source",
                Figures.Milliseconds(Figures.Median(remote.Select(static r => r.Cpu))), Figures.Ratio(cpu),
                $"direct {Figures.Milliseconds(Figures.Median(direct.Select(static d => d.Cpu)))}", cpu <= 2),
            new Row(
                "  memory of the dispatcher that serves it", "", Figures.Megabytes(Figures.Median(serving)), "", "more than before", null),
        ];
    }

    /// <summary>Measures a new follower of a dispatcher until it has all endpoints.</summary>
    public static async Task<Cost> FollowAsync(BenchOptions options, ServerProcess source)
    {
        await using ServerProcess follower = Servers.Remote(options, source);
        await follower.ReadyAsync();
        await Task.Delay(500);
        return new Cost(follower.Resident, follower.Cpu.TotalMilliseconds);
    }

    /// <param name="Memory">Resident bytes.</param>
    /// <param name="Cpu">Start included, in milliseconds.</param>
    public sealed record Cost(double Memory, double Cpu);
}
