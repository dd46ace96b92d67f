using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Berth.Remote.Transport;

/// <summary>Describes an answer that is no event stream, as a sentence with the remedy.</summary>
internal static class Refusal
{
    private const int MaxProblemBytes = 16 * 1024;

    /// <summary>Reads the refusal. The caller disposes the answer.</summary>
    public static async Task<EndpointSourceException> ReadAsync(
        Uri dispatcher, HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string? type = response.Content.Headers.ContentType?.MediaType;
        string? detail = type == "application/problem+json"
            ? await ReadDetailAsync(response, cancellationToken).ConfigureAwait(false)
            : null;
        string remedy = response.StatusCode switch
        {
            HttpStatusCode.OK => $"It answered with {type ?? "no type"} and not with an event stream. Check that this is the address of a "
                + "dispatcher, and not of a proxy or another server.",
            HttpStatusCode.Unauthorized => "It needs a token, or another one. Give a token that it accepts.",
            HttpStatusCode.Forbidden => "It does not let this client watch. Give the token of a client that may.",
            HttpStatusCode.NotFound => detail ?? "There is no dispatcher at this address. Check the path in front of /v1.",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                $"It redirects to {response.Headers.Location}. Give that address, if it is right.",
            _ => detail ?? "It is tried again.",
        };
        string what = response.StatusCode == HttpStatusCode.OK
            ? "is no dispatcher"
            : string.Create(CultureInfo.InvariantCulture, $"answered {(int)response.StatusCode}");
        return new EndpointSourceException($"{dispatcher} {what}. {remedy}")
        {
            RetryAfter = Backoff.RetryAfter.Read(response.Headers, now),
        };
    }

    /// <summary>The detail of a problem (RFC 9457), or null.</summary>
    private static async Task<string?> ReadDetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            byte[] buffer = new byte[MaxProblemBytes];
            Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            using JsonDocument problem = JsonDocument.Parse(buffer.AsMemory(0, length));
            return problem.RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : null;
        }
        catch (Exception exception) when (
            exception is JsonException or IOException or HttpRequestException or InvalidOperationException or OperationCanceledException)
        {
            // The status says enough.
            return null;
        }
    }
}
