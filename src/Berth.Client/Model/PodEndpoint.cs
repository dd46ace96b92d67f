using System.Collections.Generic;

namespace Berth.Client
{
    /// <summary>One pod that can be dialled. Immutable. Its identity is its name and UID, never its address.</summary>
    public class PodEndpoint
    {
        private protected PodEndpoint(PodEndpoint other)
            : this(other.Name, other.Uid, other.Ordinal, other.Authority, other.Addresses, other.Ports)
        {
            Host = other.Host;
            Node = other.Node;
            Zone = other.Zone;
            Ready = other.Ready;
            Serving = other.Serving;
            Terminating = other.Terminating;
            State = other.State;
        }

        internal PodEndpoint(
            string name, string? uid, int? ordinal, string authority, IReadOnlyList<string> addresses, IReadOnlyList<EndpointPort> ports)
        {
            Name = name;
            Uid = uid;
            Ordinal = ordinal;
            Authority = authority;
            Addresses = addresses;
            Ports = ports;
        }

        /// <summary>The pod's name, such as <c>service-b-2</c>.</summary>
        public string Name { get; }

        /// <summary>The pod's UID, or null when the source did not say. Another UID under one name is another process.</summary>
        public string? Uid { get; }

        /// <summary>The pod's ordinal, 0 or more, or null under a scheme that needs none.</summary>
        public int? Ordinal { get; }

        /// <summary>The address and the port to connect to: <c>10.88.0.10:3002</c>, or <c>[2001:db8::1]:3002</c>.</summary>
        public string Authority { get; }

        /// <summary>The preferred address.</summary>
        public string Address => Addresses[0];

        /// <summary>All addresses, at least one, the preferred first.</summary>
        public IReadOnlyList<string> Addresses { get; }

        /// <summary>
        /// The host name that leads to the pod from outside, for clients that check its certificate; or null when the pod has none.
        /// </summary>
        public string? Host { get; internal set; }

        /// <summary>The main port, 1 to 65535.</summary>
        public int Port => Ports[0].Number;

        /// <summary>All ports, at least one, the main one first.</summary>
        public IReadOnlyList<EndpointPort> Ports { get; }

        /// <summary>The node, or null when the source did not say.</summary>
        public string? Node { get; internal set; }

        /// <summary>The zone of the node, or null when the source did not say.</summary>
        public string? Zone { get; internal set; }

        /// <summary>
        /// The cluster that the pod is in, or null when the dispatcher follows one cluster. Two pods of one name in two clusters are two
        /// pods.
        /// </summary>
        public string? Cluster { get; internal set; }

        /// <summary>True while the pod is ready.</summary>
        public bool Ready { get; internal set; }

        /// <summary>True while the pod serves, also while it is terminating.</summary>
        public bool Serving { get; internal set; }

        /// <summary>True once the pod is being deleted.</summary>
        public bool Terminating { get; internal set; }

        /// <summary>The state that follows from these.</summary>
        public PodState State { get; internal set; }

        /// <summary>True when new clients may be sent to the pod.</summary>
        public bool IsAvailable => State == PodState.Ready;

        /// <summary>The pod for people: <c>service-b-2 10.88.0.10:3002</c>.</summary>
        public override string ToString() => $"{Name} {Authority}";
    }
}
