using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Bench.Cluster.Real;

/// <summary>
/// The slices of a fleet in a real API server: created and changed through the API, so that the server writes versions, UIDs and managed
/// fields.
/// </summary>
internal sealed class RealApi : IApiServer
{
    private const string Slices = $"/apis/discovery.k8s.io/v1/namespaces/{Fleet.Namespace}/endpointslices";

    // A real server refuses slices with loopback addresses. This address has the same width, and no program dials it.
    private const string Loopback = "127.";
    private const string Network = "110.";

    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(30);

    private readonly ControlPlane _plane;
    private readonly RealSlice[] _slices;

    private (long Requests, long Watches) _own;

    private RealApi(ControlPlane plane, Fleet fleet)
    {
        _plane = plane;
        Fleet = fleet;
        _slices = [.. fleet.Slices.Select(static slice => new RealSlice(slice.Body.Span))];
    }

    public Fleet Fleet { get; }

    public string Kubeconfig => _plane.Kubeconfig;

    // It shares the cores with the measured programs, and needs several milliseconds of CPU for a change.
    public double MostChangesPerSecond => 50;

    /// <summary>The CPU time of kube-apiserver and etcd so far.</summary>
    public TimeSpan? ServerCpu => TimeSpan.FromMilliseconds(_plane.Processes.Sum(static process => process.Cpu.TotalMilliseconds));

    /// <summary>Starts a control plane and fills it.</summary>
    public static async Task<RealApi> StartAsync(Assets assets, Fleet fleet)
    {
        ControlPlane plane = await ControlPlane.StartAsync(assets);
        RealApi api = new(plane, fleet);
        try
        {
            await plane.GrantAsync(Fleet.Namespace, "discovery.k8s.io", "endpointslices", "\"list\",\"watch\"");
            ParallelOptions few = new() { MaxDegreeOfParallelism = 4 };
            await Parallel.ForEachAsync(api._slices, few, async (slice, _) => await plane.CreateAsync(Slices, slice.Body));
            api._own = await api.CountAsync();
            return api;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    public string FirstAddress(int slice) => Network + Fleet.Slices[slice].FirstAddress[Loopback.Length..];

    public async ValueTask ChangeAsync(int slice)
    {
        Fleet.Change(slice);
        RealSlice changed = _slices[slice];
        Encoding.ASCII.GetBytes(FirstAddress(slice), changed.Body.AsSpan(changed.AddressAt));
        await _plane.SendAsync(HttpMethod.Put, $"{Slices}/{changed.Name}", changed.Body);
    }

    /// <summary>
    /// Waits until the server counts a number of watches. No change would be missed without it, because a watch begins with the version of
    /// the list; but a watch that opens later would be counted as a request of the measured time.
    /// </summary>
    public async Task WaitForWatchesAsync(int watches)
    {
        long began = Stopwatch.GetTimestamp();
        for (int open; (open = await CountWatchesAsync()) < watches;)
        {
            if (Stopwatch.GetElapsedTime(began) > s_maxWait)
                throw new TimeoutException(
                    $"kube-apiserver has {open} of {watches} watches of slices after {s_maxWait.TotalSeconds} s.");
            // Its metrics are a page of some megabytes.
            await Task.Delay(100);
        }
    }

    public async ValueTask<long> CountRequestsAsync()
    {
        (long requests, long watches) = await CountAsync();
        return requests - _own.Requests + watches - _own.Watches;
    }

    public async ValueTask<int> CountWatchesAsync() => (int)((await CountAsync()).Watches - _own.Watches);

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    // https://kubernetes.io/docs/reference/instrumentation/metrics/ (1.36). A watch counts as a request when it ends.
    private async Task<(long Requests, long Watches)> CountAsync()
    {
        string metrics = await _plane.Administrator.GetStringAsync("/metrics");
        (long requests, long watches) = (0, 0);
        foreach (string line in metrics.Split('\n'))
        {
            if (!line.Contains("resource=\"endpointslices\"", StringComparison.Ordinal))
                continue;
            if (line.StartsWith("apiserver_longrunning_requests{", StringComparison.Ordinal))
                watches += Value(line);
            else if (line.StartsWith("apiserver_request_total{", StringComparison.Ordinal)
                && (line.Contains("verb=\"LIST\"", StringComparison.Ordinal) || line.Contains("verb=\"WATCH\"", StringComparison.Ordinal)))
                requests += Value(line);
        }

        return (requests, watches);

        static long Value(string line) => (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>The body of a request to create or replace a slice, and the position of its first address.</summary>
    private sealed class RealSlice
    {
        private static readonly string[] s_ofTheServer = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"];

        public RealSlice(ReadOnlySpan<byte> listed)
        {
            JsonObject slice = JsonNode.Parse(listed)!.AsObject();
            JsonObject meta = slice["metadata"]!.AsObject();
            foreach (string field in s_ofTheServer)
                meta.Remove(field);
            Name = meta["name"]!.GetValue<string>();
            slice["apiVersion"] = "discovery.k8s.io/v1";
            slice["kind"] = "EndpointSlice";
            string text = slice.ToJsonString().Replace($"\"{Loopback}", $"\"{Network}", StringComparison.Ordinal);
            AddressAt = text.IndexOf($"\"{Network}", StringComparison.Ordinal) + 1;
            Body = Encoding.UTF8.GetBytes(text);
        }

        public string Name { get; }

        public byte[] Body { get; }

        public int AddressAt { get; }
    }
}
