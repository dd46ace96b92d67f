using System.Diagnostics;
using System.Text;

namespace Berth.Bench.Load;

/// <summary>
/// An open load: requests come at random times with a given rate, as from many clients that do not know of each other, and do not wait for
/// earlier answers. Each latency counts from the time at which the request was due. A server that stops for a moment, or a load generator
/// that is late, therefore makes every request slow that was due meanwhile, and not only one for each connection.
/// </summary>
/// <param name="Requests">The number of answers.</param>
/// <param name="PerSecond">Answers a second, from the first moment to the last answer.</param>
/// <param name="Median">The median of latency.</param>
/// <param name="P99">The 99th percentile of latency.</param>
/// <param name="Longest">The longest latency.</param>
/// <param name="LateP99">The 99th percentile of the time by which a request was sent after it was due.</param>
internal sealed record OpenLoad(int Requests, double PerSecond, TimeSpan Median, TimeSpan P99, TimeSpan Longest, TimeSpan LateP99)
{
    // The load ends when answers are this late: the server cannot hold the rate.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends POST requests from one thread, over connections with one request in progress each.</summary>
    /// <param name="url">The address of the server.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">The body.</param>
    /// <param name="status">The status of every answer.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="connections">
    /// The number of connections: more than requests can be in progress. When all are busy, requests wait, and their latency counts.
    /// </param>
    public static Task<OpenLoad> RunAsync(
        string url, string path, string body, int status, int rate, int seconds, int connections = 256)
    {
        byte[] request = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return Task.Factory.StartNew(
            () => Run(url, request, Encoding.ASCII.GetBytes($"HTTP/1.1 {status} "), Plan(rate, seconds), seconds, connections),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The times at which requests are due: as many as the rate needs, at random, as in a Poisson process.</summary>
    private static long[] Plan(int rate, int seconds)
    {
        Random random = new(1);
        long[] due = new long[rate * seconds];
        for (int i = 0; i < due.Length; i++)
            due[i] = random.NextInt64(seconds * Stopwatch.Frequency);
        Array.Sort(due);
        return due;
    }

    private static OpenLoad Run(string url, byte[] request, byte[] status, long[] due, int seconds, int connections)
    {
        OpenConnection[] all = new OpenConnection[connections];
        try
        {
            for (int i = 0; i < connections; i++)
                all[i] = new OpenConnection(url);
            return Run(all, request, status, due, seconds);
        }
        finally
        {
            foreach (OpenConnection? connection in all)
                connection?.Dispose();
        }
    }

    private static OpenLoad Run(OpenConnection[] connections, byte[] request, byte[] status, long[] due, int seconds)
    {
        Stack<OpenConnection> idle = new(connections);
        OpenConnection[] busy = new OpenConnection[connections.Length];
        PollCall.Entry[] entries = new PollCall.Entry[connections.Length];
        long[] latencies = new long[due.Length];
        long[] late = new long[due.Length];
        int sent = 0;
        int answered = 0;
        long began = Stopwatch.GetTimestamp();
        long end = began + ((seconds + (long)s_patience.TotalSeconds) * Stopwatch.Frequency);
        long now = began;
        while (answered < due.Length && now < end)
        {
            while (sent < due.Length && began + due[sent] <= now && idle.TryPop(out OpenConnection? free))
            {
                late[sent] = now - began - due[sent];
                busy[sent - answered] = free;
                entries[sent - answered] = new PollCall.Entry { File = free.File, Wanted = PollCall.Readable };
                free.Send(request, sent++);
                now = Stopwatch.GetTimestamp();
            }

            bool waitsForTime = sent < due.Length && idle.Count > 0;
            TimeSpan pause = waitsForTime ? Stopwatch.GetElapsedTime(now, Math.Max(now, began + due[sent])) : s_patience;
            PollCall.Wait(entries.AsSpan(0, sent - answered), pause);
            now = Stopwatch.GetTimestamp();
            for (int i = sent - answered - 1; i >= 0; i--)
            {
                if (entries[i].Ready == 0 || !busy[i].Receives(status))
                    continue;
                now = Stopwatch.GetTimestamp();
                latencies[busy[i].Request] = now - began - due[busy[i].Request];
                idle.Push(busy[i]);
                answered++;
                busy[i] = busy[sent - answered];
                entries[i] = entries[sent - answered];
            }
        }

        return answered == due.Length
            ? Of(latencies, late, Stopwatch.GetElapsedTime(began, now))
            : throw new InvalidOperationException(
                $"{due.Length - answered} of {due.Length} requests had no answer {s_patience.TotalSeconds} s after the last was due.");
    }

    private static OpenLoad Of(long[] latencies, long[] late, TimeSpan time)
    {
        Array.Sort(latencies);
        Array.Sort(late);
        return new OpenLoad(
            latencies.Length, latencies.Length / time.TotalSeconds, Part(latencies, 0.5), Part(latencies, 0.99), Part(latencies, 1),
            Part(late, 0.99));
    }

    /// <summary>The smallest value that at least this part of all values does not exceed.</summary>
    private static TimeSpan Part(long[] sorted, double part) =>
        Stopwatch.GetElapsedTime(0, sorted[(int)Math.Ceiling(part * sorted.Length) - 1]);
}
