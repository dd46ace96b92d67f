using System.IO.Pipelines;

namespace Berth.LocalCluster.Tunnels;

/// <summary>One stream of a tunnel. The bytes that its client sends wait here, up to a bound, until they are taken.</summary>
// Its cancellation source has no timer, so nothing to dispose; it is cancelled from several sides until the end.
#pragma warning disable CA1001
internal sealed class TunnelStream
{
    private const int MaxWaiting = 256 * 1024;

    private readonly CancellationTokenSource _reset = new();
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MaxWaiting, resumeWriterThreshold: MaxWaiting / 2));
    private bool _hasEnded;

    public TunnelStream(uint id, IReadOnlyDictionary<string, string> headers)
    {
        Id = id;
        Headers = headers;
    }

    public uint Id { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The bytes that the client sends.</summary>
    public PipeReader Input => _input.Reader;

    /// <summary>Cancelled when the client has reset this stream.</summary>
    public CancellationToken Reset => _reset.Token;

    /// <summary>
    /// Accepts bytes from the client. Waits while too many bytes are unread; drops bytes when the stream is no longer read.
    /// </summary>
    public async Task PutAsync(ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken)
    {
        if (_hasEnded)
            return;
        if (!data.IsEmpty)
            await _input.Writer.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        _hasEnded = isLast;
        if (isLast)
            await _input.Writer.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the stream in both directions.</summary>
    public void End() => _reset.Cancel();
}
