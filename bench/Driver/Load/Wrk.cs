using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Bench.Load;

/// <summary>One run of wrk.</summary>
/// <param name="Requests">The number of answers.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P99">The 99th percentile of latency.</param>
internal sealed partial record Wrk(long Requests, double PerSecond, TimeSpan P99)
{
    /// <summary>Sends requests to a URL from one thread.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="connections">The number of connections.</param>
    /// <param name="script">The path of a Lua script for the requests, or null for GET.</param>
    /// <param name="once">True for a new connection for each request.</param>
    public static async Task<Wrk> RunAsync(string url, int seconds, int connections = 32, string? script = null, bool once = false)
    {
        List<string> arguments = ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency"];
        if (script is not null)
            arguments.AddRange(["-s", script]);
        if (once)
            arguments.AddRange(["-H", "Connection: close"]);
        ProcessStartInfo start = new("wrk", [.. arguments, url])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (text.Contains("Non-2xx", StringComparison.Ordinal) || !PerSecondLine().IsMatch(text))
            throw new InvalidOperationException($"wrk did not measure {url}:\n{text}");
        Match percentile = P99Line().Match(text);
        double unit = percentile.Groups[2].Value switch { "us" => 1e-6, "ms" => 1e-3, _ => 1 };
        return new Wrk(
            long.Parse(RequestsLine().Match(text).Groups[1].Value, CultureInfo.InvariantCulture),
            Number(PerSecondLine().Match(text).Groups[1].Value),
            TimeSpan.FromSeconds(Number(percentile.Groups[1].Value) * unit));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in", RegexOptions.None, 1000)]
    private static partial Regex RequestsLine();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.None, 1000)]
    private static partial Regex PerSecondLine();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)", RegexOptions.None, 1000)]
    private static partial Regex P99Line();
}
