using System;
using System.Collections.Generic;

namespace Berth.Client
{
    /// <summary>Seats that are kept for a client on its way. Immutable.</summary>
    public sealed class SeatReservation
    {
        internal SeatReservation(
            string target, string id, string pod, string authority, IReadOnlyList<EndpointPort> ports, int seats, string ticket)
        {
            Target = target;
            Id = id;
            Pod = pod;
            Authority = authority;
            Ports = ports;
            Seats = seats;
            Ticket = ticket;
        }

        /// <summary>The target: <c>namespace/service</c>.</summary>
        public string Target { get; }

        /// <summary>The name of the reservation: the pod, a dot and 32 hexadecimal digits.</summary>
        public string Id { get; }

        /// <summary>True once the pod has redeemed the ticket: the seats are a session.</summary>
        public bool IsTaken { get; internal set; }

        /// <summary>The name of the pod.</summary>
        public string Pod { get; }

        /// <summary>The address and the port of the pod.</summary>
        public string Authority { get; }

        /// <summary>The pod's host name, or null when it has none.</summary>
        public string? Host { get; internal set; }

        /// <summary>All ports of the pod, at least one, the main one first.</summary>
        public IReadOnlyList<EndpointPort> Ports { get; }

        /// <summary>The number of seats.</summary>
        public int Seats { get; }

        /// <summary>The proof (a JWT). The client shows it to the pod.</summary>
        public string Ticket { get; }

        /// <summary>The time in which the client must come.</summary>
        public TimeSpan Ttl { get; internal set; }

        /// <summary>The end of that time, by the pod's clock; null when it was not stated.</summary>
        public DateTimeOffset? ExpiresAt { get; internal set; }

        /// <summary>The reservation for people: <c>2 seats of service-b-0</c>.</summary>
        public override string ToString() => $"{Seats} seats of {Pod}";
    }
}
