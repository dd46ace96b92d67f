using System.Net.Sockets;
using Berth;

namespace Samples.Sessions;

/// <summary>A connection to one pod. A real session would speak its protocol here.</summary>
internal sealed partial class PodSession : IAsyncDisposable
{
    private readonly PodEndpoint _pod;
    private readonly TcpClient _client;
    private readonly ILogger _logger;

    private PodSession(PodEndpoint pod, TcpClient client, ILogger logger)
    {
        _pod = pod;
        _client = client;
        _logger = logger;
        Completion = ReadAsync();
    }

    /// <summary>Completes when the pod ends the connection.</summary>
    public Task Completion { get; }

    public static async Task<PodSession> OpenAsync(PodEndpoint pod, ILogger logger, CancellationToken cancellationToken)
    {
        TcpClient client = new();
        try
        {
            await client.ConnectAsync(pod.Address, pod.Port, cancellationToken);
            return new PodSession(pod, client, logger);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        using StreamReader reader = new(_client.GetStream());
        while (await reader.ReadLineAsync() is { } line)
            Said(_pod.Name, line);
    }

    [LoggerMessage(1, LogLevel.Information, "{Pod} says: {Line}")]
    private partial void Said(string pod, string line);
}
