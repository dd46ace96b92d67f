using System.Net.Sockets;
using Berth;

namespace Samples.Sessions;

/// <summary>A connection to one pod, made again when it breaks, until it is disposed of.</summary>
internal sealed partial class PodSession : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);

    private readonly PodEndpoint _pod;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    public PodSession(PodEndpoint pod, ILogger logger)
    {
        _pod = pod;
        _logger = logger;
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(_pod.Address, _pod.Port, _ending.Token);
                Opened(_pod.Name, _pod.Authority);
                await ReadAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // The pod is gone or restarts, or this session ends.
            }

            Ended(_pod.Name);
            await Task.Delay(s_retry, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says what the pod sends. A real session would speak its protocol here.</summary>
    private async Task ReadAsync(Stream stream)
    {
        using StreamReader reader = new(stream);
        while (await reader.ReadLineAsync(_ending.Token) is { } line)
            Said(_pod.Name, line);
    }

    [LoggerMessage(1, LogLevel.Information, "session with {Pod} at {Address}")]
    private partial void Opened(string pod, string address);

    [LoggerMessage(2, LogLevel.Information, "session with {Pod} ended")]
    private partial void Ended(string pod);

    [LoggerMessage(3, LogLevel.Information, "{Pod} says: {Line}")]
    private partial void Said(string pod, string line);
}
