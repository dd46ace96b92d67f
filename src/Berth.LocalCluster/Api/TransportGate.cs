using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.LocalCluster.Api;

/// <summary>
/// A gate below TLS on every connection. While it is closed, no bytes pass in either direction and the connection stays open, as with a
/// server that hangs or a network that drops packets.
/// </summary>
internal sealed class TransportGate
{
    private volatile TaskCompletionSource? _closed;

    public void Close() => _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        TaskCompletionSource? gate = _closed;
        _closed = null;
        gate?.TrySetResult();
    }

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        connection.Transport = new GatedPipe(this, connection.Transport, connection.ConnectionClosed);
        await next(connection).ConfigureAwait(false);
    };

    private Task PassAsync(CancellationToken cancellationToken) => _closed?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    private sealed class GatedPipe(TransportGate gate, IDuplexPipe inner, CancellationToken ended) : IDuplexPipe
    {
        public PipeReader Input { get; } = new GatedReader(gate, inner.Input, ended);
        public PipeWriter Output { get; } = new GatedWriter(gate, inner.Output, ended);
    }

    private sealed class GatedReader(TransportGate gate, PipeReader inner, CancellationToken ended) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            await gate.PassAsync(ended).ConfigureAwait(false);
            return result;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return gate._closed is null && inner.TryRead(out result);
        }
    }

    private sealed class GatedWriter(TransportGate gate, PipeWriter inner, CancellationToken ended) : PipeWriter
    {
        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await gate.PassAsync(ended).ConfigureAwait(false);
            return await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);
    }
}
