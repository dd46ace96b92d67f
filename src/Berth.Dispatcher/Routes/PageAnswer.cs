using System.Buffers;
using System.Text;
using Berth.Dispatcher.Documents;
using Berth.Dispatcher.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /ui/</c>: the page for operators, and the files that it asks for.</summary>
/// <param name="hasSeats">True when this dispatcher has the routes of seats.</param>
internal sealed class PageAnswer(bool hasSeats)
{
    private const int BufferSize = 8 * 1024;

    // The page loads nothing from elsewhere, runs no inline script, and turns no text into HTML or script.
    private static readonly StringValues s_policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly StringValues s_noSniff = "nosniff";
    private static readonly StringValues s_noReferrer = "no-referrer";
    private static readonly StringValues s_sameOrigin = "same-origin";
    private static readonly StringValues s_revalidate = "no-cache";
    private static readonly StringValues s_gzip = "gzip";

    private readonly byte[] _about = Encoding.UTF8.GetBytes($"{{\"seats\":{(hasSeats ? "true" : "false")}}}");

    /// <param name="exchange">The request.</param>
    /// <param name="path">The path below <c>/ui/</c>, or null for <c>/ui</c> without the slash.</param>
    public ValueTask AnswerAsync(Exchange exchange, string? path)
    {
        if (path is null)
        {
            // Relative, so that it is also right below a proxy's prefix.
            exchange.Response.Headers.Location = $"ui/{exchange.Request.QueryString}";
            return exchange.WriteWholeAsync(307, Exchange.PlainText, default);
        }

        if (path == "about.json")
            return exchange.WriteWholeAsync(200, Exchange.Json, _about);
        return PageFile.Find(path) is { } file
            ? WriteAsync(exchange, file)
            : ProblemWriter.WriteAsync(exchange, Problem.UnknownRoute(exchange.Request.Path));
    }

    private static ValueTask WriteAsync(Exchange exchange, PageFile file)
    {
        IHeaderDictionary headers = exchange.Response.Headers;
        headers.ContentSecurityPolicy = s_policy;
        headers.XContentTypeOptions = s_noSniff;
        headers["Referrer-Policy"] = s_noReferrer;
        headers["Cross-Origin-Resource-Policy"] = s_sameOrigin;
        LargeAnswer.TellVary(exchange);
        bool isKnown = exchange.IsNotModified(file.Tag);
        headers.CacheControl = s_revalidate;
        return isKnown ? ValueTask.CompletedTask : SendAsync(exchange, file);
    }

    private static async ValueTask SendAsync(Exchange exchange, PageFile file)
    {
        bool isCompressed = ContentCoding.IsTaken(exchange.Request.Headers.AcceptEncoding, ContentCoding.Gzip);
        Stream stream = isCompressed ? file.OpenCompressed() : file.Open();
        await using (stream.ConfigureAwait(false))
        {
            exchange.Begin(200, file.ContentType, isCompressed ? stream.Length : null);
            exchange.Response.Headers.CacheControl = s_revalidate;
            if (isCompressed)
                exchange.Response.Headers.ContentEncoding = s_gzip;
            if (!exchange.IsHead)
                await SendAsync(exchange, stream).ConfigureAwait(false);
        }
    }

    private static async ValueTask SendAsync(Exchange exchange, Stream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, exchange.Aborted).ConfigureAwait(false)) > 0)
                await exchange.Body.WriteAsync(buffer.AsMemory(0, read), exchange.Aborted).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
