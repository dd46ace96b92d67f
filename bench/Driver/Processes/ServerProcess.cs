using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Berth.Bench.Processes;

/// <summary>A measured server: starts it, waits for it, reads its figures, and ends it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Every certificate is accepted, because the bench creates them itself.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        },
    }) { Timeout = TimeSpan.FromSeconds(30) };

    // The servers to end together with this program, because Ctrl+C and SIGTERM dispose nothing.
    private static readonly ConcurrentDictionary<int, Process> s_running = [];

    private readonly Process _process;

    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (Process process in s_running.Values)
        {
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(2));
        }
    };

    private ServerProcess(Process process, string url, long started)
    {
        _process = process;
        Url = url;
        Started = started;
    }

    /// <summary>The URL that it listens on, without a slash at the end.</summary>
    public string Url { get; }

    /// <summary>The time of its start, by the monotonic clock.</summary>
    public long Started { get; }

    public TimeSpan Cpu => ProcessReading.Cpu(_process.Id);

    public long Resident => ProcessReading.Resident(_process.Id);

    public long Peak => ProcessReading.Peak(_process.Id);

    public int Id => _process.Id;

    /// <summary>Starts a program. In its arguments, URL stands for the address to listen on, and HTTPS for the same with TLS.</summary>
    public static ServerProcess Start(string program, params IEnumerable<string> arguments)
    {
        arguments = [.. arguments];
        string url = $"{(arguments.Contains("HTTPS") ? "https" : "http")}://127.0.0.1:{FreePort()}";
        ProcessStartInfo start = new(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        // The image has no certificates of public authorities. Reading those of this machine would take a third of the time of the first
        // list.
        start.Environment["SSL_CERT_DIR"] = start.Environment["SSL_CERT_FILE"] = "/nonexistent";
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument is "URL" or "HTTPS" ? url : argument);
        long now = Stopwatch.GetTimestamp();
        Process process = Process.Start(start)!;
        s_running[process.Id] = process;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) =>
        {
            if (line.Data is { } text
                && (text.Contains(" warning ", StringComparison.Ordinal) || text.Contains(" error ", StringComparison.Ordinal)))
                Console.Error.WriteLine(text);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process, url, now);
    }

    /// <summary>Waits until GET / has an answer that is not empty, and returns the time since the start.</summary>
    public async Task<TimeSpan> ReadyAsync(TimeSpan? limit = null)
    {
        TimeSpan longest = limit ?? TimeSpan.FromSeconds(60);
        while (true)
        {
            ThrowIfEnded();
            if (await TryGetAsync() is { Length: > 0 })
                return Stopwatch.GetElapsedTime(Started);
            if (Stopwatch.GetElapsedTime(Started) > longest)
                throw new TimeoutException($"{_process.StartInfo.FileName} did not answer within {longest.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>One GET.</summary>
    public async Task<string> GetAsync(string path = "/") => await s_client.GetStringAsync(Url + path);

    /// <summary>The value of a metric of the program for a target.</summary>
    public async Task<long> MetricAsync(string name, string target)
    {
        string text = await GetAsync("/metrics");
        string[] parts = target.Split('/');
        string start = $"{name}{{k8s_namespace_name=\"{parts[0]}\",k8s_service_name=\"{parts[1]}\"}} ";
        string line = text.Split('\n').First(l => l.StartsWith(start, StringComparison.Ordinal));
        return (long)double.Parse(line[start.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the server is idle.</summary>
    public async Task SettleAsync()
    {
        for (int quiet = 0; quiet < 3;)
        {
            TimeSpan before = Cpu;
            await Task.Delay(50);
            quiet = Cpu == before ? quiet + 1 : 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        s_running.TryRemove(_process.Id, out _);
        _process.Dispose();
    }

    /// <summary>Throws when the process has ended.</summary>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
            throw new InvalidOperationException(
                $"{_process.StartInfo.FileName} ended with exit code {_process.ExitCode} before it answered.");
    }

    /// <summary>A port of loopback that nothing listens on.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<string?> TryGetAsync()
    {
        try
        {
            using HttpResponseMessage answer = await s_client.GetAsync(Url + "/");
            return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
