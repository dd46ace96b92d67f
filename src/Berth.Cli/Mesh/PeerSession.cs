using System.Globalization;
using System.Net.Sockets;

namespace Berth.Cli.Mesh;

/// <summary>
/// A session of one pod of a mesh with another: a TCP connection on which the other's echo server answers a line every second.
/// </summary>
internal sealed class PeerSession : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TcpClient _client;
    private readonly CancellationTokenSource _closing = new();

    private PeerSession(TcpClient client, string self, TimeProvider time)
    {
        _client = client;
        Completion = TalkAsync(self, time);
    }

    /// <summary>Completes when the other pod ends the connection or does not answer in time.</summary>
    public Task Completion { get; }

    /// <summary>Connects to a pod.</summary>
    /// <param name="pod">The other pod.</param>
    /// <param name="self">The name of this pod.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<PeerSession> OpenAsync(
        PodEndpoint pod, string self, TimeProvider time, CancellationToken cancellationToken)
    {
        TcpClient client = new();
        try
        {
            await client.ConnectAsync(pod.Address, pod.Port, cancellationToken).ConfigureAwait(false);
            return new PeerSession(client, self, time);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _closing.Dispose();
    }

    private async Task TalkAsync(string self, TimeProvider time)
    {
        using StreamReader reader = new(_client.GetStream(), leaveOpen: true);
        StreamWriter writer = new(_client.GetStream(), leaveOpen: true) { NewLine = "\n", AutoFlush = true };
        await using (writer.ConfigureAwait(false))
        {
            for (long beat = 1; ; beat++)
            {
                string line = string.Create(CultureInfo.InvariantCulture, $"{self} {beat}");
                await writer.WriteLineAsync(line.AsMemory(), _closing.Token).ConfigureAwait(false);
                string? answer = await reader.ReadLineAsync(_closing.Token).AsTask().WaitAsync(s_patience, time).ConfigureAwait(false);
                if (answer?.EndsWith(line, StringComparison.Ordinal) is not true)
                    throw new IOException(answer is null ? "The pod ended the connection." : $"The pod answered '{answer}' to '{line}'.");
                await Task.Delay(s_pause, time, _closing.Token).ConfigureAwait(false);
            }
        }
    }
}
