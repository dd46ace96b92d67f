using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Berth.Dispatcher.Json;

/// <summary>
/// The compressed forms of one large answer. Each is created at most once a second, for any number of requests, and the collector may free
/// it when memory is needed.
/// </summary>
/// <param name="turns">The turns to compress, which all pages of a dispatcher share.</param>
internal sealed class CompressedPage(CompressionTurns turns)
{
    /// <summary>The number of bytes below which an answer is not compressed: it fits into two packets.</summary>
    public const int MinLength = 2048;

    /// <summary>False in the image, which brotli would make 0.8 MB larger. Clients that take brotli take gzip too.</summary>
    [FeatureSwitchDefinition("Berth.Dispatcher.Brotli")]
    public static bool HasBrotli => !AppContext.TryGetSwitch("Berth.Dispatcher.Brotli", out bool on) || on;

    /// <summary>The time for which a form is used. The age in it is that of the moment in which it was created.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(1);

    private volatile Form? _gzip;
    private volatile Form? _brotli;

    /// <summary>Finds or creates the form. Returns null when that would wait: then the plain form is the faster answer.</summary>
    /// <param name="isBrotli">True for brotli, false for gzip.</param>
    /// <param name="tag">The entity tag of the answer.</param>
    /// <param name="write">Writes the plain form.</param>
    /// <param name="time">The clock.</param>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(
        bool isBrotli, string tag, Func<PipeWriter, ValueTask> write, TimeProvider time)
    {
        if (Kept(isBrotli, tag, time) is { } kept)
            return kept;
        if (!turns.TryTake())
            return null;
        try
        {
            // Compressing takes as long as a hundred answers. The thread that reads from sockets must not do it.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            long started = time.GetTimestamp();
            byte[] bytes = Kept(isBrotli, tag, time) ?? await CompressAsync(isBrotli, write).ConfigureAwait(false);
            Form form = new(tag, started, new WeakReference<byte[]>(bytes));
            if (isBrotli)
                _brotli = form;
            else
                _gzip = form;
            return bytes;
        }
        finally
        {
            turns.Return();
        }
    }

    private static async ValueTask<byte[]> CompressAsync(bool isBrotli, Func<PipeWriter, ValueTask> write)
    {
        using MemoryStream compressed = new();
        // Levels that compress a page of 10,000 pods in about 50 ms.
        Stream coder = isBrotli && HasBrotli
            ? new BrotliStream(compressed, CompressionLevel.Optimal, leaveOpen: true)
            : new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        await using (coder.ConfigureAwait(false))
        {
            PipeWriter body = PipeWriter.Create(coder, new StreamPipeWriterOptions(leaveOpen: true));
            await write(body).ConfigureAwait(false);
            await body.CompleteAsync().ConfigureAwait(false);
        }

        return compressed.ToArray();
    }

    private byte[]? Kept(bool isBrotli, string tag, TimeProvider time) =>
        (isBrotli ? _brotli : _gzip) is { } form && form.Tag == tag && time.GetElapsedTime(form.MadeAt) < s_life
            && form.Bytes.TryGetTarget(out byte[]? bytes)
            ? bytes
            : null;

    private sealed record Form(string Tag, long MadeAt, WeakReference<byte[]> Bytes);
}
