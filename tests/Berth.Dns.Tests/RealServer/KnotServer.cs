using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.TestKit.Dns;
using Berth.TestKit;

namespace Berth.Dns.Tests.RealServer;

/// <summary>A Knot DNS server of the test's own: its own folder, configuration, zone and port on 127.0.0.1; ended by its id.</summary>
internal sealed class KnotServer : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly Process _process;

    private KnotServer(TestFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    private string ZoneFile => _folder["cluster.local.zone"];

    /// <summary>Starts a server with a zone, or skips the test with the reason.</summary>
    public static async Task<KnotServer> StartAsync(TestZone zone, CancellationToken cancellationToken)
    {
        string? program = await KnotProgram.FindAsync("knotd");
        Assert.SkipWhen(
            program is null,
            "knotd is not on this machine, and it could not be installed from here. Install it as root with: apt-get install -y knot");
        for (int attempt = 1; ; attempt++)
        {
            KnotServer? server = await TryStartAsync(program!, zone, cancellationToken);
            if (server is not null)
                return server;
            Assert.True(attempt < 5, "knotd did not start in five attempts.");
        }
    }

    /// <summary>Replaces the served zone, and waits until the new one is served.</summary>
    public async Task ReplaceAsync(TestZone zone, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(ZoneFile, zone.ToZoneFile(), cancellationToken);
        string? control = await KnotProgram.FindAsync("knotc");
        Assert.NotNull(control);
        using Process process = Start(control, ["-c", _folder["knot.conf"], "-b", "-f", "zone-reload", TestZone.Origin]);
        string output =
            await process.StandardOutput.ReadToEndAsync(cancellationToken) + await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_process);
        _folder.Dispose();
    }

    private static async Task<KnotServer?> TryStartAsync(string program, TestZone zone, CancellationToken cancellationToken)
    {
        TestFolder folder = new();
        (Socket udp, Socket tcp) = ScriptedDnsServer.Bind();
        int port = ((IPEndPoint)udp.LocalEndPoint!).Port;
        udp.Dispose();
        tcp.Dispose();
        folder.Write("knot.conf", Configuration(folder.Root, port));
        folder.Write("cluster.local.zone", zone.ToZoneFile());
        Process process = Start(program, ["-c", folder["knot.conf"]]);
        bool serving = false;
        try
        {
            serving = await IsServingAsync(process, cancellationToken);
            return serving ? new KnotServer(folder, process, port) : null;
        }
        finally
        {
            // Leaves no process behind after any failure.
            if (!serving)
            {
                await EndAsync(process);
                folder.Dispose();
            }
        }
    }

    /// <summary>Reads the log until the server runs. Another may have taken the port in between; then it cannot bind it.</summary>
    private static Task<bool> IsServingAsync(Process process, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // Read for the rest of its life, so that a full pipe does not stop it.
        process.OutputDataReceived += (_, e) => Judge(e.Data);
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return serving.Task.WaitAsync(Wait.Limit, cancellationToken);

        void Judge(string? line)
        {
            if (line is null || line.Contains("cannot bind", StringComparison.Ordinal)
                || line.Contains("critical:", StringComparison.Ordinal))
                serving.TrySetResult(false);
            else if (line.Contains("server started", StringComparison.Ordinal))
                serving.TrySetResult(true);
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static string Configuration(string folder, int port) => string.Create(CultureInfo.InvariantCulture, $"""
        server:
            rundir: "{folder}"
            listen: 127.0.0.1@{port}
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        control:
            listen: "{folder}/knot.sock"
        database:
            storage: "{folder}/db"
        log:
          - target: stdout
            any: info
        zone:
          - domain: {TestZone.Origin}
            storage: "{folder}"
            file: "cluster.local.zone"
            zonefile-load: whole
            zonefile-sync: -1
            journal-content: none
            semantic-checks: off
        """);
}
