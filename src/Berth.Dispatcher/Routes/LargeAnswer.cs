using System.IO.Pipelines;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Routes;

/// <summary>
/// An answer that may be large: compressed for clients that take gzip or brotli. Its entity tag is weak, so it is the same for all forms
/// (RFC 9110, 8.8.1), and caches tell the forms apart by <c>Vary</c>.
/// </summary>
internal static class LargeAnswer
{
    private const string ByEncoding = "Accept-Encoding";

    /// <summary>Says that the answer depends on the codings that the client takes. Before the 304, which says so too.</summary>
    public static void TellVary(Exchange exchange) =>
        exchange.Response.Headers.Vary = StringValues.Concat(exchange.Response.Headers.Vary, ByEncoding);

    /// <summary>Writes JSON.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="compressed">The kept forms.</param>
    /// <param name="tag">The entity tag.</param>
    /// <param name="whole">The JSON, or null when it is streamed.</param>
    /// <param name="stream">Streams the JSON, if <paramref name="whole"/> is null.</param>
    /// <param name="time">The clock.</param>
    public static ValueTask WriteAsync(
        Exchange exchange, Func<CompressedPage> compressed, string tag, ReadOnlyMemory<byte>? whole,
        Func<PipeWriter, CancellationToken, ValueTask> stream, TimeProvider time)
    {
        string? coding = whole?.Length < CompressedPage.MinLength
            ? null
            : ContentCoding.Choose(exchange.Request.Headers.AcceptEncoding, CompressedPage.HasBrotli);
        return coding is null
            ? WritePlainAsync(exchange, whole, stream)
            : WriteCodedAsync(exchange, compressed(), coding, tag, whole, stream, time);
    }

    private static ValueTask WritePlainAsync(
        Exchange exchange, ReadOnlyMemory<byte>? whole, Func<PipeWriter, CancellationToken, ValueTask> stream)
    {
        if (whole is { } page)
            return exchange.WriteWholeAsync(200, Exchange.Json, page);
        exchange.Begin(200, Exchange.Json, length: null);
        return exchange.IsHead ? ValueTask.CompletedTask : stream(exchange.Body, exchange.Aborted);
    }

    private static async ValueTask WriteCodedAsync(
        Exchange exchange, CompressedPage compressed, string coding, string tag, ReadOnlyMemory<byte>? whole,
        Func<PipeWriter, CancellationToken, ValueTask> stream, TimeProvider time)
    {
        ReadOnlyMemory<byte>? coded = await compressed
            .FindAsync(coding == ContentCoding.Brotli, tag, WriteAllAsync, time).ConfigureAwait(false);
        if (coded is not { } bytes)
        {
            await WritePlainAsync(exchange, whole, stream).ConfigureAwait(false);
            return;
        }

        exchange.Response.Headers.ContentEncoding = coding;
        await exchange.WriteWholeAsync(200, Exchange.Json, bytes).ConfigureAwait(false);

        async ValueTask WriteAllAsync(PipeWriter body)
        {
            if (whole is { } page)
                await body.WriteAsync(page, CancellationToken.None).ConfigureAwait(false);
            else
                await stream(body, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
