using System.Buffers;
using System.IO.Pipelines;
using Berth.Dispatcher.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Seats;

/// <summary>Reads what requests for seats bring: a short body, and an idempotency key.</summary>
internal static class SeatBody
{
    /// <summary>Reads the whole body. Kestrel bounds it, and the time for it. Returns null when it is too large.</summary>
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

    /// <summary>Returns the header Idempotency-Key, or null; and the fault of it, or null.</summary>
    public static string? ReadIdempotencyKey(IHeaderDictionary headers, out string? fault)
    {
        fault = null;
        if (!headers.TryGetValue("Idempotency-Key", out StringValues values))
            return null;
        string text = values.ToString();
        // The draft of the HTTP working group writes it as a structured field, in quotes; most clients leave them out.
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
            text = text[1..^1];
        if (values.Count != 1 || text.Length == 0)
            fault = "The header Idempotency-Key is empty, or is there more than once. Send one key.";
        return text;
    }
}
