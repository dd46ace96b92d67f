using System.IO.Pipelines;
using System.Text.Json;

namespace Berth.Dispatcher.Json;

/// <summary>JSON of any length that is sent at its client's pace, so that what waits for a slow one stays small.</summary>
/// <param name="body">Where it is sent.</param>
/// <param name="aborted">Ends the sending with an <see cref="OperationCanceledException"/>.</param>
internal sealed class PacedJson(PipeWriter body, CancellationToken aborted) : IDisposable
{
    /// <summary>How much is written before it is sent, in bytes.</summary>
    internal const int FlushAbove = 32 * 1024;

    private long _sent;

    public Utf8JsonWriter Json { get; } = new(body, EndpointJson.WriterOptions);

    /// <summary>Sends what was written where it has become much. False when nobody receives any more.</summary>
    public ValueTask<bool> PaceAsync() =>
        // Not what is pending alone: the writer commits that each time the memory it was given is full.
        Json.BytesCommitted + Json.BytesPending - _sent < FlushAbove ? new ValueTask<bool>(true) : FlushAsync();

    /// <summary>Sends what was written. False when nobody receives any more.</summary>
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
