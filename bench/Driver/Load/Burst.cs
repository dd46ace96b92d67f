using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Berth.Bench.Load;

/// <summary>Many clients that connect at the same moment, ask once and leave.</summary>
/// <param name="All">The time until the last one has its answer.</param>
/// <param name="P99">The 99th percentile of the times until the answer, from the moment at which all started.</param>
/// <param name="Failed">The clients that were refused or reset, or had another answer than 200.</param>
internal readonly record struct Burst(TimeSpan All, TimeSpan P99, int Failed)
{
    private static readonly byte[] s_request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <exception cref="OperationCanceledException">A client had no answer within 60 s.</exception>
    public static async Task<Burst> RunAsync(string url, int clients)
    {
        IPEndPoint server = new(IPAddress.Loopback, new Uri(url).Port);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Socket[] sockets = [.. Enumerable.Range(0, clients).Select(
            static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })];
        try
        {
            TimeSpan[] times = new TimeSpan[clients];
            long began = Stopwatch.GetTimestamp();
            bool[] answered = await Task.WhenAll(sockets.Select(async (socket, i) =>
            {
                bool well = await AskAsync(socket, server, limit.Token);
                times[i] = Stopwatch.GetElapsedTime(began);
                return well;
            }));
            Array.Sort(times);
            return new Burst(times[^1], times[clients * 99 / 100], answered.Count(static well => !well));
        }
        finally
        {
            foreach (Socket socket in sockets)
                socket.Dispose();
        }
    }

    private static async Task<bool> AskAsync(Socket socket, IPEndPoint server, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            await socket.SendAsync(s_request, cancellationToken);
            byte[] answer = new byte[512];
            int read = 0;
            for (int more; (more = await socket.ReceiveAsync(answer.AsMemory(read), cancellationToken)) > 0;)
                read += more;
            return answer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
