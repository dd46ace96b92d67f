using System;
using System.Collections.Generic;
using Berth.Client.Json;

namespace Berth.Client.Reading
{
    /// <summary>Reads the answers about seats. Every method throws a FormatException for something else.</summary>
    internal static class SeatReader
    {
        public static SeatReservation ReadReservation(JsonNode json, string target) => new(
            target, json.GetText("reservation"), json.GetText("pod"), json.GetText("authority"), EndpointReader.ReadPorts(json),
            (int)json.GetInteger("seats"), json.GetText("ticket"))
        {
            IsTaken = json.FindText("state") == "taken",
            Host = json.FindText("host"),
            Ttl = json.FindSeconds("ttl") ?? TimeSpan.Zero,
            ExpiresAt = json.FindText("expiresAt") is { } expires ? EndpointReader.ReadTime(expires) : (DateTimeOffset?)null,
        };

        public static TargetSeats ReadSeats(JsonNode json)
        {
            List<PodSeats> pods = new();
            foreach (JsonNode pod in json.GetItems("pods"))
            {
                string desk = pod.GetText("desk");
                pods.Add(new PodSeats(pod.GetText("pod"), pod.GetText("authority"), desk, desk == "silent" ? null : ReadCounts(pod)));
            }

            return new TargetSeats(json.GetText("target"), ReadCounts(json), (int)json.GetInteger("waiting"), pods.AsReadOnly());
        }

        private static SeatCounts ReadCounts(JsonNode json) => new(
            (int)json.GetInteger("capacity"), (int)json.GetInteger("free"), (int)json.GetInteger("reserved"),
            (int)json.GetInteger("taken"));
    }
}
