using System;
using System.Collections.Generic;
using Berth.Client.Timing;

namespace Berth.Client
{
    /// <summary>
    /// The complete set of one target at one version. It never changes; only <see cref="Age"/> moves, as a clock does. Safe for several
    /// threads.
    /// </summary>
    public sealed class EndpointSnapshot
    {
        private readonly Confirmation _confirmation;

        internal EndpointSnapshot(
            string target, long version, DateTimeOffset observedAt, IReadOnlyList<PodEndpoint> endpoints, IReadOnlyList<LeftOutPod> leftOut,
            IReadOnlyList<EndpointWarning> warnings, Confirmation confirmation)
        {
            Target = target;
            Version = version;
            ObservedAt = observedAt;
            Endpoints = endpoints;
            LeftOut = leftOut;
            Warnings = warnings;
            _confirmation = confirmation;
            List<PodEndpoint> available = new(endpoints.Count);
            foreach (PodEndpoint endpoint in endpoints)
            {
                if (endpoint.IsAvailable)
                    available.Add(endpoint);
            }

            Available = available.AsReadOnly();
        }

        /// <summary>The target: <c>namespace/service</c>.</summary>
        public string Target { get; }

        /// <summary>Counts the changes that one dispatcher has seen. Do not compare the versions of two dispatchers.</summary>
        public long Version { get; }

        /// <summary>The time of the last change, by the dispatcher's clock.</summary>
        public DateTimeOffset ObservedAt { get; }

        /// <summary>All pods that can be dialled, by ordinal.</summary>
        public IReadOnlyList<PodEndpoint> Endpoints { get; }

        /// <summary>The pods for new clients.</summary>
        public IReadOnlyList<PodEndpoint> Available { get; }

        /// <summary>The pods that cannot be dialled.</summary>
        public IReadOnlyList<LeftOutPod> LeftOut { get; }

        /// <summary>Things that a person has to look at. Usually none.</summary>
        public IReadOnlyList<EndpointWarning> Warnings { get; }

        /// <summary>True while the set is not confirmed: the dispatcher says so, or no dispatcher can be reached.</summary>
        public bool IsStale => StaleSince is not null;

        /// <summary>The time since when the set is stale, or null while it is live.</summary>
        public DateTimeOffset? StaleSince { get; internal set; }

        /// <summary>The reason as a sentence, or null while the set is live.</summary>
        public string? StaleReason { get; internal set; }

        /// <summary>
        /// The time since the API server last confirmed this set, now; null when the dispatcher did not say. The set that a watch gave last
        /// is confirmed every 15 s while the watch waits for the next one.
        /// </summary>
        public TimeSpan? Age => _confirmation.Age;

        /// <summary>Finds the endpoint with an ordinal, or null.</summary>
        /// <param name="ordinal">The ordinal, 0 or more.</param>
        public PodEndpoint? FindByOrdinal(int ordinal)
        {
            foreach (PodEndpoint endpoint in Endpoints)
            {
                if (endpoint.Ordinal == ordinal)
                    return endpoint;
            }

            return null;
        }

        /// <summary>Finds the endpoint of a pod, or null.</summary>
        /// <param name="name">The pod's name, such as <c>service-b-2</c>.</param>
        public PodEndpoint? FindByName(string name)
        {
            foreach (PodEndpoint endpoint in Endpoints)
            {
                if (endpoint.Name == name)
                    return endpoint;
            }

            return null;
        }

        /// <summary>The set for people: <c>k8s-example2/service-b, version 3, 2 of 3 available</c>.</summary>
        public override string ToString() =>
            $"{Target}, version {Version}, {Available.Count} of {Endpoints.Count} available{(IsStale ? ", stale" : "")}";

        /// <summary>The same set, stale.</summary>
        internal EndpointSnapshot AsStale(DateTimeOffset since, string reason) =>
            new(Target, Version, ObservedAt, Endpoints, LeftOut, Warnings, _confirmation) { StaleSince = since, StaleReason = reason };
    }
}
