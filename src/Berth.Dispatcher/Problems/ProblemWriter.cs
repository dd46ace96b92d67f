using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Berth.Dispatcher;

/// <summary>Writes a problem as <c>application/problem+json</c>.</summary>
internal static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    public static ValueTask WriteAsync(Exchange exchange, Problem problem)
    {
        if (problem.RetryAfter is { } seconds)
            exchange.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (problem.Allow is { } allow)
            exchange.Response.Headers.Allow = allow;
        return exchange.WriteWholeAsync(problem.Status, ContentType, Format(problem, exchange.Request.Path));
    }

    internal static ReadOnlyMemory<byte> Format(Problem problem, string instance)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Problem.TypePrefix + problem.Type);
            json.WriteString("title"u8, problem.Title);
            json.WriteNumber("status"u8, problem.Status);
            json.WriteString("detail"u8, problem.Detail);
            // A URI reference (RFC 9457, 3.1.5): the path was decoded when it came in.
            json.WriteString("instance"u8, string.Join('/', instance.Split('/').Select(Uri.EscapeDataString)));
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
