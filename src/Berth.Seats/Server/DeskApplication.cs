using System.Text.Json;
using Berth.Seats.Books;
using Berth.Seats.Diagnostics;
using Berth.Seats.Tickets;
using Berth.Seats.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Seats.Server;

/// <summary>The routes of a desk. Nothing of a request without a key is read but its head.</summary>
internal sealed class DeskApplication(SeatDesk desk, CancellationToken ending) : IHttpApplication<IFeatureCollection>
{
    private const string Reservations = "/v1/reservations";

    private readonly DeskGate _gate = new(desk.Keys, desk.Pod);
    private readonly StateStream _stream = new(desk, ending);

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        DeskExchange exchange = new(context);
        try
        {
            await AnswerAsync(exchange).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (exchange.Aborted.IsCancellationRequested || ending.IsCancellationRequested)
        {
            // The client went away, or the server stops.
        }
        catch (JsonException exception)
        {
            await exchange.WriteProblemAsync(DeskProblem.Malformed(Explain(exception))).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == 413)
        {
            // Kestrel closes the connection, because the rest of the body was not read.
            exchange.Response.Headers.Connection = "close";
            await exchange.WriteProblemAsync(DeskProblem.TooLarge).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            Log.RequestFailed(desk.Logger, exchange.Request.Method, exchange.Request.Path, exception);
            if (exchange.Response.HasStarted)
                exchange.Abort();
            else
                await exchange.WriteProblemAsync(DeskProblem.Internal).ConfigureAwait(false);
        }
    }

    private ValueTask AnswerAsync(DeskExchange exchange)
    {
        string path = exchange.Request.Path;
        // Public keys are no secret: a server that verifies tickets needs no key of the desk.
        if (path == "/v1/keys" && exchange.Request.Method == HttpMethods.Get)
            return exchange.WriteAsync(200, PublicKeys.Write(desk.Keys.Current), DeskExchange.Json);
        if (!_gate.Opens(exchange.Request.Headers.Authorization))
        {
            exchange.Response.Headers.Connection = "close";
            return exchange.WriteProblemAsync(DeskProblem.NoKey);
        }

        if (!exchange.TryBeKnown())
        {
            exchange.Response.Headers.Connection = "close";
            return exchange.WriteProblemAsync(DeskProblem.TooManyConnections);
        }

        return (exchange.Request.Method, path) switch
        {
            ("POST", Reservations) => ReserveAsync(exchange),
            ("POST", "/v1/redeem") => RedeemAsync(exchange),
            ("GET", "/v1/state") => WriteStateAsync(exchange),
            ("GET", "/v1/watch") => new ValueTask(_stream.RunAsync(exchange)),
            ("POST", "/v1/close") => ChangeAsync(exchange, static desk => desk.Close()),
            ("POST", "/v1/open") => ChangeAsync(exchange, static desk => desk.Open()),
            ("PUT", "/v1/capacity") => SetCapacityAsync(exchange),
            _ when path.StartsWith(Reservations + "/", StringComparison.Ordinal) =>
                AnswerOneAsync(exchange, path[(Reservations.Length + 1)..].Split('/')),
            (_, Reservations or "/v1/redeem" or "/v1/state" or "/v1/watch" or "/v1/close" or "/v1/open" or "/v1/capacity") =>
                exchange.WriteProblemAsync(DeskProblem.MethodNotAllowed),
            _ => exchange.WriteProblemAsync(DeskProblem.UnknownRoute),
        };
    }

    private ValueTask AnswerOneAsync(DeskExchange exchange, string[] parts)
    {
        bool isRenewal = parts is [_, "renew"];
        if (parts.Length != 1 && !isRenewal)
            return exchange.WriteProblemAsync(DeskProblem.UnknownRoute);
        if (exchange.Request.Method != (isRenewal ? HttpMethods.Post : HttpMethods.Delete))
            return exchange.WriteProblemAsync(DeskProblem.MethodNotAllowed);
        if (!SeatIds.TryParse(parts[0], out UInt128 id))
            return exchange.WriteProblemAsync(DeskProblem.Of(SeatRefusal.Unknown));
        return isRenewal ? RenewAsync(exchange, id) : ReleaseAsync(exchange, id);
    }

    private async ValueTask ReserveAsync(DeskExchange exchange)
    {
        ReserveBatch batch = await exchange.ReadAsync(WireJson.Default.ReserveBatch, PlainMessages.FindBatch).ConfigureAwait(false);
        if (batch.Requests.Count is 0 or > ReserveBatch.MaxRequests)
            throw new JsonException($"The body has {batch.Requests.Count} requests. Send 1 to {ReserveBatch.MaxRequests}.");
        foreach (ReserveMessage? message in batch.Requests)
        {
            // JSON may contain null for an element of a list, and the serialiser does not check that.
            if (message is null)
                throw new JsonException("A request is null. Send objects.");
            if (SeatMessages.FindFault(message) is { } fault)
                throw new JsonException(fault);
        }

        SeatMessage[] results = [.. batch.Requests.Select(message => SeatMessages.Of(desk, desk.Reserve(SeatMessages.ToRequest(message))))];
        SeatDeskState after = desk.State;
        ReserveResults answer = new(results, after.Boot, after.Version, after.Free);
        await exchange.WriteAsync(200, answer, WireJson.Default.ReserveResults).ConfigureAwait(false);
    }

    private async ValueTask RenewAsync(DeskExchange exchange, UInt128 id)
    {
        RenewMessage message = await exchange.ReadAsync(WireJson.Default.RenewMessage).ConfigureAwait(false);
        SeatMessage renewed = SeatMessages.Of(desk, desk.Renew(id, SeatMessages.ToTtl(message.Ttl)));
        await exchange.WriteAsync(200, renewed, WireJson.Default.SeatMessage).ConfigureAwait(false);
    }

    private ValueTask ReleaseAsync(DeskExchange exchange, UInt128 id)
    {
        BookAnswer answer = desk.Release(id);
        // A second release succeeds too, because the reservation has ended.
        if (!answer.IsGiven && answer.Refusal != SeatRefusal.Released)
            return exchange.WriteProblemAsync(DeskProblem.Of(answer.Refusal));
        exchange.Response.StatusCode = 204;
        return ValueTask.CompletedTask;
    }

    private async ValueTask RedeemAsync(DeskExchange exchange)
    {
        RedeemMessage message = await exchange.ReadAsync(WireJson.Default.RedeemMessage).ConfigureAwait(false);
        BookAnswer answer = desk.RedeemTicket(message.Ticket);
        if (!answer.IsGiven)
        {
            await exchange.WriteProblemAsync(DeskProblem.Of(answer.Refusal)).ConfigureAwait(false);
            return;
        }

        SessionMessage session = new(
            SeatIds.Format(answer.Reservation.Id), answer.Reservation.Seats, answer.Reservation.Request.Key);
        await exchange.WriteAsync(200, session, WireJson.Default.SessionMessage).ConfigureAwait(false);
    }

    private async ValueTask SetCapacityAsync(DeskExchange exchange)
    {
        CapacityMessage message = await exchange.ReadAsync(WireJson.Default.CapacityMessage).ConfigureAwait(false);
        if (message.Capacity is < 0 or > SeatDeskOptions.MaxCapacity)
            throw new JsonException($"The capacity is {message.Capacity}. Give 0 to {SeatDeskOptions.MaxCapacity}.");
        desk.SetCapacity(message.Capacity);
        await WriteStateAsync(exchange).ConfigureAwait(false);
    }

    private ValueTask ChangeAsync(DeskExchange exchange, Action<SeatDesk> change)
    {
        change(desk);
        return WriteStateAsync(exchange);
    }

    private ValueTask WriteStateAsync(DeskExchange exchange) =>
        exchange.WriteAsync(200, StateMessage.Of(desk, desk.State), WireJson.Default.StateMessage);

    // The path in the JSON names the position of the fault. .NET's own sentence would name types of this program.
    private static string Explain(JsonException exception) => exception.Path is null
        ? exception.Message
        : $"The body is not what this route takes: there is a fault at {exception.Path}. See docs/seats.md.";
}
