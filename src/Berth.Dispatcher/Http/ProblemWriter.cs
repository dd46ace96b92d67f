using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Http;

/// <summary>Writes a problem as <c>application/problem+json</c>.</summary>
internal static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    public static ValueTask WriteAsync(Exchange exchange, Problem problem)
    {
        if (problem.RetryAfter is { } seconds)
            exchange.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (problem.Challenge is { } challenge)
            exchange.Response.Headers.WWWAuthenticate = challenge;
        if (problem.Allow is { } allow)
            exchange.Response.Headers.Allow = allow;
        return exchange.WriteWholeAsync(problem.Status, ContentType, Format(problem, exchange.Request.RawTarget));
    }

    internal static ReadOnlyMemory<byte> Format(Problem problem, string rawTarget)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Problem.TypePrefix + problem.Type);
            json.WriteString("title"u8, problem.Title);
            json.WriteNumber("status"u8, problem.Status);
            json.WriteString("detail"u8, problem.Detail);
            // A URI reference (RFC 9457, 3.1.5): as it was sent, not as it was decoded.
            json.WriteString("instance"u8, rawTarget.Split('?')[0]);
            if (problem.Endpoint is { } endpoint)
            {
                json.WritePropertyName("endpoint"u8);
                EndpointJson.Write(json, endpoint);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
