using System;
using System.Collections.Generic;
using Berth.Client.Json;
using Berth.Client.Reading;
using Berth.Client.Timing;

namespace Berth.Client.Watching
{
    /// <summary>
    /// The set of one target, kept over connections. <c>snapshot</c> and <c>changes</c> events change it; a <c>source</c> event completes
    /// it, and only then is it given on.
    /// </summary>
    internal sealed class WatchState
    {
        private readonly bool _hasOthers;
        private readonly Dictionary<string, PodEndpoint> _pods = new(StringComparer.Ordinal);
        private IReadOnlyList<LeftOutPod> _leftOut = Array.Empty<LeftOutPod>();
        private IReadOnlyList<EndpointWarning> _warnings = Array.Empty<EndpointWarning>();
        private JsonNode? _head;
        private Confirmation _confirmation = new(null);
        private EndpointSnapshot? _current;
        private bool _isComplete = true;
        private bool _isLost;

        /// <param name="hasOthers">True when another dispatcher may have a list where this one has none.</param>
        public WatchState(bool hasOthers) => _hasOthers = hasOthers;

        /// <summary>The dispatcher's id of the state, to resume from; null when the whole state is needed.</summary>
        public string? Id { get; private set; }

        /// <summary>True once a set was given.</summary>
        public bool HasGiven => _current is not null;

        /// <summary>Counts how often a dispatcher has confirmed the set.</summary>
        public long Confirmations { get; private set; }

        /// <summary>Another connection begins: what arrived without its end is not built on.</summary>
        public void BeginConnection()
        {
            if (!_isComplete)
                Id = null;
            _isComplete = true;
        }

        /// <summary>Forgets the id, so that the next connection gets the whole state.</summary>
        public void Forget() => Id = null;

        /// <summary>Takes an event. Returns the set that it completes, or null.</summary>
        /// <exception cref="FormatException">It cannot be used; the message is a clause.</exception>
        /// <exception cref="BerthException">The dispatcher has no list, and another one may have one.</exception>
        public EndpointSnapshot? Take(ServerSentEvent received)
        {
            if (received.Kind == "source")
                return Complete(JsonParser.Parse(received.Data));
            if (received.Kind == "snapshot" || received.Kind == "changes")
                Apply(JsonParser.Parse(received.Data), isWhole: received.Kind == "snapshot");
            return null;
        }

        /// <summary>No dispatcher confirms the set. Returns it as a stale one, or null when there is none or it is stale already.</summary>
        public EndpointSnapshot? Lose(string reason)
        {
            _isLost = true;
            return _current is { IsStale: false } current ? _current = current.AsStale(ClientClock.UtcNow, reason) : null;
        }

        private void Apply(JsonNode data, bool isWhole)
        {
            if (!isWhole && Id is null && _isComplete)
                throw new FormatException("changes come before a snapshot");
            _isComplete = false;
            Id = null;
            if (isWhole)
                Replace(data);
            else
                Change(data);
            _head = data;
        }

        // A pod of one name may be in several clusters.
        private static string KeyOf(string? cluster, string name) => cluster is null ? name : $"{cluster}/{name}";

        private void Replace(JsonNode data)
        {
            _pods.Clear();
            foreach (PodEndpoint endpoint in EndpointReader.ReadEndpoints(data))
                _pods[KeyOf(endpoint.Cluster, endpoint.Name)] = endpoint;
            _leftOut = EndpointReader.ReadLeftOut(data.FindItems("leftOut"));
            _warnings = EndpointReader.ReadWarnings(data.FindItems("warnings"));
        }

        private void Change(JsonNode data)
        {
            foreach (JsonNode change in data.GetItems("changes"))
            {
                string name = KeyOf(change.FindText("cluster"), change.GetText("pod"));
                if (change.Find("endpoint") is { } endpoint)
                    _pods[name] = EndpointReader.ReadEndpoint(endpoint);
                else
                    _pods.Remove(name);
            }

            if (data.Find("leftOut") is not null)
                _leftOut = EndpointReader.ReadLeftOut(data.GetItems("leftOut"));
            if (data.Find("warnings") is not null)
                _warnings = EndpointReader.ReadWarnings(data.GetItems("warnings"));
        }

        private EndpointSnapshot? Complete(JsonNode source)
        {
            if (source.FindText("state") is not { } id)
                return source.FindText("reason") is { } reason ? TakeEmpty(reason) : null;
            if (_head is null || (_isComplete && id != Id))
                return null;
            TimeSpan? age = EndpointReader.ReadAge(source);
            Confirmations++;
            if (_isComplete && !_isLost)
            {
                // The same set.
                _confirmation.Confirm(age);
                return null;
            }

            // Earlier sets keep their own age.
            _confirmation = new Confirmation(age);
            Id = id;
            _isComplete = true;
            _isLost = false;
            return _current = EndpointReader.Create(_head, new List<PodEndpoint>(_pods.Values), _leftOut, _warnings, _confirmation);
        }

        /// <summary>The dispatcher has no list yet.</summary>
        private EndpointSnapshot? TakeEmpty(string reason)
        {
            string detail = $"The dispatcher has no endpoints of this target yet. {reason}";
            return _hasOthers ? throw Failures.Unreachable(detail) : Lose(detail);
        }
    }
}
