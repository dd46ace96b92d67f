using System;
using System.Collections.Generic;
using System.Globalization;
using Berth.Client.Json;
using Berth.Client.Timing;

namespace Berth.Client.Reading
{
    /// <summary>Reads endpoints and snapshots from answers and events. Every method throws a FormatException for something else.</summary>
    internal static class EndpointReader
    {
        private static readonly Comparison<PodEndpoint> s_order = static (left, right) =>
        {
            // Pods without an ordinal come last.
            int byOrdinal = (left.Ordinal ?? int.MaxValue).CompareTo(right.Ordinal ?? int.MaxValue);
            return byOrdinal != 0 ? byOrdinal : string.CompareOrdinal(left.Name, right.Name);
        };

        public static PodEndpoint ReadEndpoint(JsonNode json)
        {
            List<string> addresses = new();
            foreach (JsonNode address in json.GetItems("addresses"))
                addresses.Add(address.AsText());
            IReadOnlyList<EndpointPort> ports = ReadPorts(json);
            if (addresses.Count == 0 || ports.Count == 0)
                throw new FormatException("an endpoint has no address or no port");
            return new PodEndpoint(
                json.GetText("pod"), json.FindText("uid"), (int?)json.FindInteger("ordinal"), json.GetText("authority"),
                addresses.AsReadOnly(), ports)
            {
                Host = json.FindText("host"),
                Node = json.FindText("node"),
                Zone = json.FindText("zone"),
                Cluster = json.FindText("cluster"),
                Ready = json.IsTrue("ready"),
                Serving = json.IsTrue("serving"),
                Terminating = json.IsTrue("terminating"),
                State = ReadState(json.GetText("state")),
            };
        }

        public static PickedEndpoint ReadPicked(JsonNode json) => new(
            ReadEndpoint(json.Find("endpoint") ?? throw new FormatException("'endpoint' is missing")),
            json.GetText("target"), json.GetText("state") == "stale", ReadAge(json), json.IsTrue("zoneFallback"));

        /// <summary>Reads a whole snapshot, as <c>/v1/endpoints</c> gives it.</summary>
        public static EndpointSnapshot ReadSnapshot(JsonNode json) => Create(
            json, ReadEndpoints(json), ReadLeftOut(json.FindItems("leftOut")), ReadWarnings(json.FindItems("warnings")),
            new Confirmation(ReadAge(json)));

        /// <summary>Creates a snapshot from the head of an answer or event and from the known content.</summary>
        public static EndpointSnapshot Create(
            JsonNode head, List<PodEndpoint> endpoints, IReadOnlyList<LeftOutPod> leftOut, IReadOnlyList<EndpointWarning> warnings,
            Confirmation confirmation)
        {
            endpoints.Sort(s_order);
            bool isStale = head.GetText("state") == "stale";
            return new EndpointSnapshot(
                head.GetText("target"), head.GetInteger("version"), ReadTime(head.GetText("observedAt")), endpoints.AsReadOnly(), leftOut,
                warnings, confirmation)
            {
                StaleSince = isStale ? ReadTime(head.FindText("staleSince") ?? head.GetText("observedAt")) : (DateTimeOffset?)null,
                StaleReason = isStale ? head.FindText("reason") : null,
            };
        }

        public static List<PodEndpoint> ReadEndpoints(JsonNode json)
        {
            IReadOnlyList<JsonNode> items = json.GetItems("endpoints");
            List<PodEndpoint> endpoints = new(items.Count);
            foreach (JsonNode item in items)
                endpoints.Add(ReadEndpoint(item));
            return endpoints;
        }

        public static IReadOnlyList<LeftOutPod> ReadLeftOut(IReadOnlyList<JsonNode> items)
        {
            List<LeftOutPod> leftOut = new(items.Count);
            foreach (JsonNode item in items)
                leftOut.Add(new LeftOutPod(item.GetText("pod"), item.GetText("reason"), item.GetText("detail")));
            return leftOut.AsReadOnly();
        }

        public static IReadOnlyList<EndpointWarning> ReadWarnings(IReadOnlyList<JsonNode> items)
        {
            List<EndpointWarning> warnings = new(items.Count);
            foreach (JsonNode item in items)
                warnings.Add(new EndpointWarning(item.GetText("kind"), item.GetText("detail")));
            return warnings.AsReadOnly();
        }

        public static IReadOnlyList<EndpointPort> ReadPorts(JsonNode json)
        {
            IReadOnlyList<JsonNode> items = json.GetItems("ports");
            List<EndpointPort> ports = new(items.Count);
            foreach (JsonNode item in items)
                ports.Add(new EndpointPort(item.GetText("name"), (int)item.GetInteger("port"), item.GetText("protocol")));
            return ports.AsReadOnly();
        }

        public static TimeSpan? ReadAge(JsonNode json) => json.FindSeconds("ageSeconds");

        public static DateTimeOffset ReadTime(string text) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time
                : throw new FormatException($"'{text}' is no time");

        private static PodState ReadState(string word) => word switch
        {
            "ready" => PodState.Ready,
            "not-ready" => PodState.NotReady,
            "draining" => PodState.Draining,
            "terminating" => PodState.Terminating,
            "cordoned" => PodState.Cordoned,
            _ => PodState.Unknown,
        };
    }
}
