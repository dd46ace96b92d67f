using System.Net;
using Berth.Dispatcher.Http;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// <c>POST /gameserverallocation</c>: the REST interface of Agones' allocator, answered from seats. Answers and errors have the shape of
/// Agones' REST gateway.
/// </summary>
internal sealed class AllocationAnswers(
    IReadOnlyDictionary<ServiceTarget, SeatTarget> targets, SeatContext context, string followed)
{
    // The codes of google.rpc.Code, as the gateway maps them to HTTP.
    private const int InvalidArgument = 3;
    private const int NotFound = 5;
    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Aborted = 10;
    private const int Unavailable = 14;

    public async ValueTask AnswerAsync(Exchange exchange)
    {
        if (exchange.Request.Method != "POST")
        {
            await ProblemWriter.WriteAsync(exchange, SeatProblems.MethodNotAllowed(exchange.Request.Method, "POST")).ConfigureAwait(false);
            return;
        }

        if (await SeatBody.ReadAsync(exchange).ConfigureAwait(false) is not { } body)
        {
            await WriteErrorAsync(exchange, 413, InvalidArgument, SeatProblems.TooLarge().Detail).ConfigureAwait(false);
            return;
        }

        try
        {
            AllocationRequest request = AllocationRequest.Parse(body);
            string? key = SeatBody.ReadIdempotencyKey(exchange.Request.Headers, out string? fault);
            ReserveMessage message = new(request.Seats, context.Options.DefaultTtl.TotalSeconds, request.Key, key);
            if ((fault ?? SeatMessages.FindFault(message)) is { } text)
                throw new FormatException(text);
            await AllocateAsync(exchange, request, message).ConfigureAwait(false);
        }
        catch (FormatException exception)
        {
            await WriteErrorAsync(exchange, 400, InvalidArgument, exception.Message).ConfigureAwait(false);
        }
    }

    private async ValueTask AllocateAsync(Exchange exchange, AllocationRequest request, ReserveMessage message)
    {
        (int Status, int Code, string Message) error = (
            404, NotFound,
            $"There is no fleet in the namespace {request.Namespace}, or more than one. Name one by '{AllocationRequest.FleetLabel}'. " +
            $"This dispatcher follows {followed}.");
        foreach (ServiceTarget name in FindTargets(request))
        {
            if (exchange.Caller is { } caller && !caller.MayAskFor(name))
            {
                error = (403, PermissionDenied, Problem.Forbidden(caller, name).Detail);
                continue;
            }

            if (!targets.TryGetValue(name, out SeatTarget? target))
            {
                error = (404, NotFound, Problem.UnknownTarget(name, followed).Detail);
                continue;
            }

            SeatOutcome outcome = await target.ReserveInTurnAsync(message, null, TimeSpan.Zero, exchange.Aborted).ConfigureAwait(false);
            if (outcome is { Link: { } link, Answer: { Refused: null } seat })
            {
                target.Counts.Add("reserved");
                await WriteAsync(exchange, link, seat).ConfigureAwait(false);
                return;
            }

            Problem problem = outcome.Answer is { } refused
                ? SeatProblems.OfRefusal(refused)
                : SeatProblems.Of(outcome.Problem!.Value, target, message.Seats);
            target.Counts.Add(problem.Type);
            error = ErrorOf(problem);
        }

        await WriteErrorAsync(exchange, error.Status, error.Code, error.Message).ConfigureAwait(false);
    }

    private ServiceTarget[] FindTargets(AllocationRequest request)
    {
        if (request.Fleets.Count == 0)
        {
            ServiceTarget[] all = [.. targets.Keys.Where(target => target.Namespace == request.Namespace)];
            return all.Length == 1 ? all : [];
        }

        return [.. request.Fleets.Select(fleet => ParseTarget($"{request.Namespace}/{fleet}"))];
    }

    private static ServiceTarget ParseTarget(string text) =>
        ServiceTarget.TryParse(text, out ServiceTarget name, out string? fault) ? name : throw new FormatException(fault);

    // Agones answers 429 when no server is available.
    private static (int Status, int Code, string Message) ErrorOf(Problem problem) => problem.Status switch
    {
        503 when problem.Type is "full" or "closed" => (429, ResourceExhausted, problem.Detail),
        503 => (503, Unavailable, problem.Detail),
        409 or 422 => (409, Aborted, problem.Detail),
        _ => (400, InvalidArgument, problem.Detail),
    };

    private static ValueTask WriteAsync(Exchange exchange, DeskLink link, SeatMessage seat) =>
        JsonPage.WriteAsync(exchange, 200, (link, seat), static (json, content) =>
        {
            (DeskLink link, SeatMessage seat) = content;
            PodEndpoint pod = link.Endpoint;
            json.WriteStartObject();
            json.WriteString("gameServerName"u8, pod.Name);
            json.WriteStartArray("ports"u8);
            foreach (EndpointPort port in pod.Ports)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, port.Name.Length == 0 ? "default" : port.Name);
                json.WriteNumber("port"u8, port.Number);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("address"u8, pod.Address.ToString());
            json.WriteStartArray("addresses"u8);
            foreach (IPAddress address in pod.Addresses)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "PodIP"u8);
                json.WriteString("address"u8, address.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("nodeName"u8, pod.Node ?? "");

            // In Agones this is "local", or the cluster that allocated the server.
            json.WriteString("source"u8, pod.Cluster ?? "local");
            json.WriteStartObject("metadata"u8);
            json.WriteStartObject("labels"u8);
            json.WriteEndObject();
            json.WriteStartObject("annotations"u8);
            json.WriteString("berth.dev/reservation"u8, $"{link.Id}.{seat.Reservation}");
            json.WriteString("berth.dev/ticket"u8, seat.Ticket);
            json.WriteString("berth.dev/expires-at"u8, seat.ExpiresAt.GetValueOrDefault());
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static ValueTask WriteErrorAsync(Exchange exchange, int status, int code, string message)
    {
        if (status is 429 or 503)
            exchange.Response.Headers.RetryAfter = "1";
        return JsonPage.WriteAsync(exchange, status, (code, message), static (json, content) =>
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, content.code);
            json.WriteString("message"u8, content.message);
            json.WriteStartArray("details"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
