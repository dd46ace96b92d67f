using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Bench.Cluster.Real;

/// <summary>
/// A real API server as a separate process, for profiling or recording its client: prints its kubeconfig and changes slices until it is
/// stopped.
/// </summary>
internal static class RealServer
{
    public static async Task<int> RunAsync(string slices, string pods, string changes)
    {
        Fleet fleet = new Fleet()
            .Add(Fleet.Service, int.Parse(slices, CultureInfo.InvariantCulture), int.Parse(pods, CultureInfo.InvariantCulture));
        await using RealApi api = await RealApi.StartAsync(Assets.Require(), fleet);
        TaskCompletionSource ended = new();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        Console.WriteLine(api.Kubeconfig);
        await using Churn churn = new(api, double.Parse(changes, CultureInfo.InvariantCulture));
        await ended.Task;
        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
    }
}
