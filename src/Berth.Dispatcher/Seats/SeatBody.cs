using System.Buffers;
using System.IO.Pipelines;
using Berth.Dispatcher.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Seats;

/// <summary>Reads the parts of a request for seats: a short body, and an idempotency key.</summary>
internal static class SeatBody
{
    /// <summary>Reads the whole body. Kestrel limits its size and its time. Returns null when it is too large.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Exchange exchange)
    {
        try
        {
            PipeReader reader = exchange.RequestBody;
            ReadResult read = await reader.ReadAsync(exchange.Aborted).ConfigureAwait(false);
            while (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await reader.ReadAsync(exchange.Aborted).ConfigureAwait(false);
            }

            byte[] body = read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return body;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Kestrel closes the connection, because the rest of the body was not read.
            exchange.CloseIf(stopping: true);
            return null;
        }
    }

    /// <summary>Returns the header Idempotency-Key, or null, and its fault, or null.</summary>
    public static string? ReadIdempotencyKey(IHeaderDictionary headers, out string? fault)
    {
        fault = null;
        if (!headers.TryGetValue("Idempotency-Key", out StringValues values))
            return null;
        string text = values.ToString();
        // The draft of the HTTP working group writes the key in quotes, as a structured field. Most clients leave the quotes out.
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
            text = text[1..^1];
        if (values.Count != 1 || text.Length == 0)
            fault = "The header Idempotency-Key is empty, or is there more than once. Send one key.";
        return text;
    }
}
