using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;

namespace Berth.Bench.Rows;

/// <summary>Starts the servers that are compared.</summary>
internal static class Servers
{
    public static string Target(string service = Fleet.Service) => $"{Fleet.Namespace}/{service}";

    /// <summary>Service A with a fake API server.</summary>
    public static ServerProcess Berth(BenchOptions options, IApiServer api, params IEnumerable<string> services) =>
        ServerProcess.Start(options.Berth, Dispatch(api, services));

    /// <summary>The same, on the first core only.</summary>
    public static ServerProcess OnOneCore(BenchOptions options, IApiServer api) =>
        ServerProcess.Start("taskset", ["-c", "0", options.Berth, .. Dispatch(api, [])]);

    /// <summary>
    /// The same, with at most 32 MB of heap (the number is hexadecimal), which leaves room in 64 MB for the program itself.
    /// </summary>
    public static ServerProcess In64Megabytes(BenchOptions options, IApiServer api, params IEnumerable<string> services) =>
        ServerProcess.Start("env", ["DOTNET_GCHeapHardLimit=2000000", options.Berth, .. Dispatch(api, services)]);

    /// <summary>Service A with a limit of requests a second for each client. A proxy on this machine states the client's address.</summary>
    public static ServerProcess Limited(BenchOptions options, IApiServer api, int requests) => ServerProcess.Start(
        options.Berth,
        [
            "dispatch", "--target", Target(), "--base-port", "3000", "--urls", "URL", "--kubeconfig", api.Kubeconfig, "--client-requests",
            $"{requests}", "--trusted-proxy", "127.0.0.1",
        ]);

    /// <summary>Service A over TLS.</summary>
    public static ServerProcess OverTls(BenchOptions options, IApiServer api, ServerPair pair) => ServerProcess.Start(
        options.Berth,
        [
            "dispatch", "--target", Target(), "--base-port", "3000", "--urls", "HTTPS", "--kubeconfig", api.Kubeconfig, "--tls-cert",
            pair.Certificate, "--tls-key", pair.Key,
        ]);

    /// <summary>Service A that follows another service A.</summary>
    public static ServerProcess Remote(BenchOptions options, ServerProcess from) => ServerProcess.Start(
        options.Berth, ["dispatch", "--target", Target(), "--base-port", "3000", "--urls", "URL", "--from", from.Url]);

    /// <summary>Kestrel alone.</summary>
    public static ServerProcess Bare(BenchOptions options) => ServerProcess.Start(options.Bare, "URL");

    /// <summary>The usual service A over the official client: <c>get</c> or <c>watch</c>.</summary>
    public static ServerProcess Old(BenchOptions options, IApiServer api, string way) =>
        ServerProcess.Start(options.Clients, way, api.Kubeconfig, Fleet.Namespace, Fleet.Service, "URL");

    /// <summary>Service A in Go. HOW says what it builds again after a change: "whole" or "slices".</summary>
    public static ServerProcess Go(BenchOptions options, IApiServer api, string how, params IEnumerable<string> services) =>
        ServerProcess.Start(options.Go!, api.Kubeconfig, Fleet.Namespace, string.Join(',', services), "URL", how);

    /// <summary>The same over TLS.</summary>
    public static ServerProcess GoOverTls(BenchOptions options, IApiServer api, ServerPair pair) => ServerProcess.Start(
        options.Go!, api.Kubeconfig, Fleet.Namespace, Fleet.Service, "HTTPS", "slices", pair.Certificate, pair.Key);

    /// <summary>Waits until a number of watches are open, so that no change is missed and no watch opens during a measurement.</summary>
    public static Task WatchedAsync(IApiServer api, int watches = 1) => api.WaitForWatchesAsync(watches);

    private static string[] Dispatch(IApiServer api, IEnumerable<string> services)
    {
        string[] wanted = [.. services];
        IEnumerable<string> targets = (wanted.Length == 0 ? [Fleet.Service] : wanted).SelectMany(s => new[] { "--target", Target(s) });
        return ["dispatch", .. targets, "--base-port", "3000", "--urls", "URL", "--kubeconfig", api.Kubeconfig];
    }
}
