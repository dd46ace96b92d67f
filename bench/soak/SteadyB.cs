using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Soak;

/// <summary>
/// One process of service B that the soak never kills, with clients that connect and leave all the time. It shows whether service B leaks.
/// The pods of the cluster do not live long enough for that.
/// </summary>
internal sealed class SteadyB : IAsyncDisposable
{
    private const int Ordinal = Manifests.Ports - 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly IPEndPoint _address;

    private SteadyB(Process process, int basePort)
    {
        _process = process;
        _address = new IPEndPoint(IPAddress.Loopback, basePort + Ordinal);
    }

    /// <summary>The number of clients with right answers.</summary>
    public long Answered { get; private set; }

    /// <summary>The number of clients with no answer or a wrong one.</summary>
    public long Failures { get; private set; }

    public static async Task<SteadyB> StartAsync(IReadOnlyList<string> program, int basePort, CancellationToken cancellationToken)
    {
        ProcessStartInfo info = new(
            program[0],
            [.. program.Skip(1), "echo"]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        info.Environment["POD_NAME"] = string.Create(CultureInfo.InvariantCulture, $"steady-{Ordinal}");
        info.Environment["POD_NAMESPACE"] = ServiceA.Namespace;
        info.Environment["BERTH_BASE_PORT"] = basePort.ToString(CultureInfo.InvariantCulture);
        // A process cannot start a collection in another one. With a youngest generation of one megabyte it collects so often that its heap
        // shows what it keeps.
        info.Environment["DOTNET_GCgen0size"] = "100000";
        Process process = Process.Start(info)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        SteadyB steady = new(process, basePort);
        await steady.UntilListeningAsync(cancellationToken);
        return steady;
    }

    public Footprint Measure() => Footprint.Of(_process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs one client after another: three over TCP with an orderly end, one that breaks its connection, one over UDP.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        using PeriodicTimer pace = new(Pause);
        try
        {
            for (int i = 0; await pace.WaitForNextTickAsync(ending); i++)
            {
                bool good = await AskAsync(i, ending);
                Answered += good ? 1 : 0;
                Failures += good ? 0 : 1;
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The soak is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // It has no sessions to drain.
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> AskAsync(int number, CancellationToken ending)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ending);
        limit.CancelAfter(Patience);
        try
        {
            string word = string.Create(CultureInfo.InvariantCulture, $"hello-{number}");
            string answer = number % 5 == 4
                ? await OverUdpAsync(word, limit.Token)
                : await OverTcpAsync(word, breakOff: number % 5 == 3, limit.Token);
            return answer == $"{_address} {word}\n";
        }
        catch (Exception exception) when (
            exception is SocketException or IOException || (exception is OperationCanceledException && !ending.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<string> OverTcpAsync(string word, bool breakOff, CancellationToken ending)
    {
        using TcpClient client = new();
        await client.ConnectAsync(_address, ending);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word + "\n"), ending);
        StringBuilder answer = new();
        byte[] buffer = new byte[256];
        while (answer.Length == 0 || answer[^1] != '\n')
        {
            int read = await stream.ReadAsync(buffer, ending);
            if (read == 0)
                break;
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        if (breakOff)
            client.Client.LingerState = new LingerOption(true, 0);
        return answer.ToString();
    }

    private async Task<string> OverUdpAsync(string word, CancellationToken ending)
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        await client.SendAsync(Encoding.ASCII.GetBytes(word + "\n"), _address, ending);
        return Encoding.ASCII.GetString((await client.ReceiveAsync(ending)).Buffer);
    }

    private async Task UntilListeningAsync(CancellationToken cancellationToken)
    {
        while (!await AskAsync(0, cancellationToken))
        {
            if (_process.HasExited)
                throw new InvalidOperationException(
                    $"The steady process of service B ended with {_process.ExitCode} before it listened on {_address}.");
            await Task.Delay(50, cancellationToken);
        }
    }
}
