using System.IO.Pipelines;
using System.Text.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Json;

/// <summary>JSON of any length, sent at the client's pace, so that the server buffers little for a slow client.</summary>
/// <param name="body">The body of the answer.</param>
/// <param name="aborted">Ends the sending with an <see cref="OperationCanceledException"/>.</param>
internal sealed class PacedJson(PipeWriter body, CancellationToken aborted) : IDisposable
{
    /// <summary>The number of bytes that are written before they are sent.</summary>
    internal const int FlushAbove = 32 * 1024;

    private long _sent;

    public Utf8JsonWriter Json { get; } = new(body, EndpointJson.WriterOptions);

    /// <summary>Sends the buffered data when there is much of it. Returns false when the client no longer receives.</summary>
    public ValueTask<bool> PaceAsync() =>
        // BytesPending alone is not enough: the writer commits its bytes whenever its current memory is full.
        Json.BytesCommitted + Json.BytesPending - _sent < FlushAbove ? new ValueTask<bool>(true) : FlushAsync();

    /// <summary>Sends the buffered data. Returns false when the client no longer receives.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        await Json.FlushAsync(aborted).ConfigureAwait(false);
        _sent = Json.BytesCommitted;
        FlushResult result = await body.FlushAsync(aborted).ConfigureAwait(false);
        aborted.ThrowIfCancellationRequested();
        return !result.IsCompleted;
    }

    public void Dispose() => Json.Dispose();
}
