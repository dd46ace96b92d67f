using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// The longest full handshake of two clients while the server changes its certificate, compared with the longest one of the same time in
/// which it changes nothing. The server looks at its files every five seconds, so each window has one change at most.
/// </summary>
internal static class ReloadRows
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(6);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options, IApiServer api, ServerPair pair)
    {
        await using ServerProcess berth = Servers.OverTls(options, api, pair);
        await berth.ReadyAsync();
        IPEndPoint address = IPEndPoint.Parse(new Uri(berth.Url).Authority);
        await WindowAsync(address, TimeSpan.FromSeconds(1));
        List<Window> quiet = [];
        List<Window> changed = [];
        int seen = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            quiet.Add(await WindowAsync(address, s_window));
            string before = await SerialAsync(address);
            pair.Renew();
            changed.Add(await WindowAsync(address, s_window));
            seen += await SerialAsync(address) == before ? 0 : 1;
        }

        double ratio = Figures.Median(changed.Zip(quiet, static (a, b) => a.Longest / b.Longest));
        double middle = Figures.Median(changed.Zip(quiet, static (a, b) => a.Median / b.Median));
        string Of(List<Window> windows) =>
            $"{Figures.Milliseconds(Figures.Median(windows.Select(static w => w.Longest)))}, p99 "
            + $"{Figures.Milliseconds(Figures.Median(windows.Select(static w => w.P99)))}";
        return
        [
            new Row(
                "longest TLS handshake while the certificate changes", "<= 1.5 of a time without", Of(changed), Figures.Ratio(ratio),
                $"{Of(quiet)}; {seen} of {options.Rounds} changes seen", ratio <= 1.5 && seen == options.Rounds),
            new Row(
                "  median", "<= 1.05 of a time without", Figures.Milliseconds(Figures.Median(changed.Select(static w => w.Median))),
                Figures.Ratio(middle), Figures.Milliseconds(Figures.Median(quiet.Select(static w => w.Median))), middle <= 1.05),
        ];
    }

    private static async Task<Window> WindowAsync(IPEndPoint address, TimeSpan length)
    {
        long started = Stopwatch.GetTimestamp();
        double[][] both = await Task.WhenAll(ClientAsync(address, started, length), ClientAsync(address, started, length));
        double[] times = [.. both.SelectMany(static times => times).Order()];
        return new Window(times[times.Length / 2], times[times.Length * 99 / 100], times[^1]);
    }

    private static async Task<double[]> ClientAsync(IPEndPoint address, long started, TimeSpan length)
    {
        List<double> times = [];
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            long began = Stopwatch.GetTimestamp();
            await using SslStream stream = await ConnectAsync(address);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return [.. times];
    }

    private static async Task<string> SerialAsync(IPEndPoint address)
    {
        await using SslStream stream = await ConnectAsync(address);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private static async Task<SslStream> ConnectAsync(IPEndPoint address)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            // The bench creates the certificates itself.
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        });
        return stream;
    }

    /// <summary>The handshakes of one window, in milliseconds, with the connection.</summary>
    private readonly record struct Window(double Median, double P99, double Longest);
}
