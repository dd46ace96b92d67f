using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Pods;
using Berth.Seats.Wire;
using Berth.Writing;

namespace Berth.Dispatcher.Seats;

/// <summary>Writes the JSON of the routes of seats.</summary>
internal static class SeatPages
{
    /// <summary><c>GET /v1/seats/{namespace}/{service}</c>: the seats of each pod and of all together.</summary>
    public static ValueTask WriteAllAsync(Exchange exchange, SeatTarget seats) => JsonPage.WriteAsync(
        exchange, 200, seats, static (json, target) =>
    {
        SeatTotals totals = SeatTotals.Of(target);
        json.WriteStartObject();
        json.WriteString("target"u8, target.Target.Name);
        WriteTotals(json, totals);
        json.WriteNumber("waiting"u8, target.Line.Count);
        json.WriteStartArray("pods"u8);
        foreach (DeskLink link in target.Links)
            WritePod(json, link);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>
    /// <c>GET /v1/scale/{namespace}/{service}</c>: the numbers for an autoscaler. Fewer replicas than <c>atLeast</c> lose a session.
    /// </summary>
    public static ValueTask WriteScaleAsync(Exchange exchange, SeatTarget seats) => JsonPage.WriteAsync(
        exchange, 200, seats, static (json, target) =>
    {
        IReadOnlyList<DeskLink> links = target.Links;
        json.WriteStartObject();
        json.WriteString("target"u8, target.Target.Name);
        json.WriteNumber("replicas"u8, target.Target.View.Current?.Endpoints.Count ?? 0);
        json.WriteNumber("atLeast"u8, target.AtLeast);
        SeatTotals totals = SeatTotals.Of(target);
        json.WriteNumber("used"u8, totals.Reserved + totals.Taken);
        WriteTotals(json, totals);
        json.WriteNumber("waiting"u8, target.Line.Count);
        json.WriteNumber("silent"u8, links.Count(static link => link.State is null));
        json.WriteEndObject();
    });

    /// <summary>Writes a reservation.</summary>
    public static ValueTask WriteReservationAsync(Exchange exchange, int status, DeskLink link, SeatMessage seat)
    {
        string id = $"{link.Id}.{seat.Reservation}";
        if (status == 201)
            exchange.Response.Headers.Location = $"{exchange.Request.Path}/{id}";
        return JsonPage.WriteAsync(exchange, status, (link, seat, id), static (json, content) =>
        {
            (DeskLink link, SeatMessage seat, string id) = content;
            PodEndpoint endpoint = link.Endpoint;
            json.WriteStartObject();
            json.WriteString("reservation"u8, id);
            json.WriteString("state"u8, seat.Phase);
            json.WriteString("pod"u8, endpoint.Name);
            EndpointJson.WriteCluster(json, endpoint.Cluster);
            PodAuthority.Write(json, "authority"u8, endpoint);
            if (endpoint.Host is { } host)
                json.WriteString("host"u8, host);
            json.WriteStartArray("ports"u8);
            foreach (EndpointPort port in endpoint.Ports)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, port.Name);
                json.WriteNumber("port"u8, port.Number);
                json.WriteString("protocol"u8, port.Protocol);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("seats"u8, seat.Seats ?? 0);
            json.WriteString("ticket"u8, seat.Ticket);
            json.WriteNumber("ttl"u8, seat.Ttl ?? 0);
            if (seat.ExpiresAt is { } expires)
                json.WriteString("expiresAt"u8, expires);
            json.WriteEndObject();
        });
    }

    private static void WritePod(Utf8JsonWriter json, DeskLink link)
    {
        json.WriteStartObject();
        json.WriteString("pod"u8, link.Endpoint.Name);
        EndpointJson.WriteCluster(json, link.Endpoint.Cluster);
        PodAuthority.Write(json, "authority"u8, link.Endpoint);
        link.ReadSeats().WriteState(json);
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, in SeatTotals totals)
    {
        json.WriteNumber("capacity"u8, totals.Capacity);
        json.WriteNumber("free"u8, totals.Free);
        json.WriteNumber("reserved"u8, totals.Reserved);
        json.WriteNumber("taken"u8, totals.Taken);
    }
}
