using System.Globalization;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;
using Berth.Seats;
using Berth.Seats.Tickets;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>Answers requests for seats of one target.</summary>
internal readonly struct SeatAnswers(SeatTarget target, SeatContext context)
{
    /// <summary><c>POST /v1/seats/{namespace}/{service}</c>.</summary>
    public async ValueTask ReserveAsync(Exchange exchange)
    {
        (ReserveMessage? request, TimeSpan wait, Problem? problem) = await ReadAsync(exchange).ConfigureAwait(false);
        if (request is null)
        {
            target.Counts.Add(problem!.Type);
            await ProblemWriter.WriteAsync(exchange, problem).ConfigureAwait(false);
            return;
        }

        string? cluster = ClusterOrder.NameIn(exchange.Request.QueryString);
        SeatOutcome outcome = await target.ReserveInTurnAsync(request, cluster, wait, exchange.Aborted).ConfigureAwait(false);
        await WriteAsync(exchange, request, outcome).ConfigureAwait(false);
    }

    /// <summary>Releases a reservation or a session, or renews a reservation.</summary>
    public async ValueTask AnswerOneAsync(Exchange exchange, string id, bool renew)
    {
        int dot = id.LastIndexOf('.');
        DeskLink? link = dot < 0 ? null : target.Find(id[..dot]);
        if (link is null || !SeatIds.TryParse(id.AsSpan(dot + 1), out _))
        {
            await ProblemWriter.WriteAsync(exchange, SeatProblems.UnknownReservation(id)).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource limit = new(context.Options.AttemptTimeout, context.Time);
        try
        {
            if (renew)
                await RenewAsync(exchange, link, id[(dot + 1)..], limit.Token).ConfigureAwait(false);
            else
                await ReleaseAsync(exchange, link, id[(dot + 1)..], limit.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            await ProblemWriter.WriteAsync(exchange, SeatProblems.DeskFailed(exception.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await ProblemWriter.WriteAsync(
                exchange, SeatProblems.DeskFailed($"The desk of {link.Endpoint.Name} did not answer in time. Ask again."))
                .ConfigureAwait(false);
        }
    }

    private static async ValueTask ReleaseAsync(Exchange exchange, DeskLink link, string id, CancellationToken cancellationToken)
    {
        SeatRefusal refusal = await link.Client.ReleaseAsync(id, cancellationToken).ConfigureAwait(false);
        if (refusal == SeatRefusal.None)
            exchange.Response.StatusCode = 204;
        else
            await ProblemWriter.WriteAsync(exchange, SeatProblems.OfRefusal(refusal)).ConfigureAwait(false);
    }

    private async ValueTask RenewAsync(Exchange exchange, DeskLink link, string id, CancellationToken cancellationToken)
    {
        (SeatRequestMessage? message, Problem? problem) = await ReadBodyAsync(exchange).ConfigureAwait(false);
        if (message is null)
        {
            await ProblemWriter.WriteAsync(exchange, problem!).ConfigureAwait(false);
            return;
        }

        double ttl = message.Ttl ?? context.Options.DefaultTtl.TotalSeconds;
        SeatMessage renewed = await link.Client.RenewAsync(id, ttl, cancellationToken).ConfigureAwait(false);
        if (renewed.Refused is null)
            await SeatPages.WriteReservationAsync(exchange, 200, link, renewed).ConfigureAwait(false);
        else
            await ProblemWriter.WriteAsync(exchange, SeatProblems.OfRefusal(renewed)).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(Exchange exchange, ReserveMessage request, SeatOutcome outcome)
    {
        if (outcome is { Link: { } link, Answer: { Refused: null } seat })
        {
            target.Counts.Add("reserved");
            // The client has disconnected: release its seats now, before they expire.
            if (exchange.Aborted.IsCancellationRequested && request.IdempotencyKey is null)
                await ReleaseAbandonedAsync(link, seat).ConfigureAwait(false);
            else
                await SeatPages.WriteReservationAsync(exchange, 201, link, seat).ConfigureAwait(false);
            return;
        }

        Problem problem = outcome.Answer is { } refused
            ? SeatProblems.OfRefusal(refused)
            : SeatProblems.Of(outcome.Problem!.Value, target, request.Seats);
        target.Counts.Add(problem.Type);
        await ProblemWriter.WriteAsync(exchange, problem).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAbandonedAsync(DeskLink link, SeatMessage seat)
    {
        using CancellationTokenSource limit = new(context.Options.AttemptTimeout, context.Time);
        try
        {
            await link.Client.ReleaseAsync(seat.Reservation!, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }

    private async ValueTask<(ReserveMessage? Request, TimeSpan Wait, Problem? Problem)> ReadAsync(Exchange exchange)
    {
        TimeSpan wait = TimeSpan.Zero;
        if (Query.Find(exchange.Request.QueryString, "wait") is { } asked
            && (!TryReadSeconds(asked, out wait) || wait > context.Options.MaxWait))
        {
            string most = context.Options.MaxWait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return (null, default, SeatProblems.Malformed($"'{asked}' is no time to wait. Give 0s to {most}s, such as ?wait=10s."));
        }

        string? key = SeatBody.ReadIdempotencyKey(exchange.Request.Headers, out string? fault);
        if (fault is not null)
            return (null, default, SeatProblems.Malformed(fault));
        (SeatRequestMessage? message, Problem? problem) = await ReadBodyAsync(exchange).ConfigureAwait(false);
        if (message is null)
            return (null, default, problem);
        ReserveMessage request = new(message.Seats, message.Ttl ?? context.Options.DefaultTtl.TotalSeconds, message.Key, key);
        return SeatMessages.FindFault(request) is { } text
            ? (null, default, SeatProblems.Malformed(text))
            : (request, wait, null);
    }

    private static bool TryReadSeconds(string text, out TimeSpan time)
    {
        time = default;
        string number = text.EndsWith('s') ? text[..^1] : text;
        // NaN is a number for the parser, and neither above nor below the limit.
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            || seconds is not <= 86_400)
            return false;
        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static async ValueTask<(SeatRequestMessage? Message, Problem? Problem)> ReadBodyAsync(Exchange exchange)
    {
        if (await SeatBody.ReadAsync(exchange).ConfigureAwait(false) is not { } body)
            return (null, SeatProblems.TooLarge());
        try
        {
            SeatRequestMessage? message = body.Length == 0 ? new SeatRequestMessage() : Parse(body);
            return (message, message is null ? SeatProblems.Malformed("The body is null. Send an object such as {\"seats\":1}.") : null);
        }
        catch (JsonException exception)
        {
            return (null, SeatProblems.Malformed(
                $"The body is no request for seats: there is a fault at {exception.Path ?? "$"}. " +
                "Send an object with seats, key and ttl (in seconds), each of them optional."));
        }
    }

    private static SeatRequestMessage? Parse(byte[] body)
    {
        if (SeatRequestMessage.FindPlain(body) is { } plain)
            return plain;
        Utf8JsonReader json = new(body, new JsonReaderOptions { MaxDepth = 4 });
        SeatRequestMessage? message = JsonSerializer.Deserialize(ref json, SeatJson.Default.SeatRequestMessage);
        return json.Read() ? throw new JsonException() : message;
    }
}
