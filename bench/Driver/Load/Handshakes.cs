using System.Diagnostics;

namespace Berth.Bench.Load;

/// <summary>One run of <c>openssl s_time</c>: a connection, TLS 1.3, one GET /, and the next connection.</summary>
/// <param name="Count">The number of connections.</param>
/// <param name="Resumed">The number of connections that resumed a session.</param>
/// <param name="PerSecond">Connections a second.</param>
internal sealed record Handshakes(int Count, int Resumed, double PerSecond)
{
    /// <summary>Loads a URL from two processes at once.</summary>
    public static async Task<Handshakes> RunAsync(string url, int seconds, bool resume)
    {
        Handshakes[] both = await Task.WhenAll(RunOneAsync(url, seconds, resume), RunOneAsync(url, seconds, resume));
        return new Handshakes(both.Sum(static b => b.Count), both.Sum(static b => b.Resumed), both.Sum(static b => b.PerSecond));
    }

    private static async Task<Handshakes> RunOneAsync(string url, int seconds, bool resume)
    {
        ProcessStartInfo start = new(
            "openssl",
            [
                "s_time", "-connect", new Uri(url).Authority, "-www", "/", resume ? "-reuse" : "-new", "-time", $"{seconds}", "-tls1_3",
            ]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        double took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        // It prints a letter for each connection, on the longest line: r for a resumed session.
        string letters = text.Split('\n').MaxBy(static line => line.Length)!;
        int resumed = letters.Count(static letter => letter == 'r');
        int count = resumed + letters.Count(static letter => letter == '*');
        if (process.ExitCode != 0 || count == 0)
            throw new InvalidOperationException($"openssl s_time did not measure {url}:\n{text}{await errors}");
        return new Handshakes(count, resumed, count / took);
    }
}
