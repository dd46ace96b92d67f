namespace Berth.Client
{
    /// <summary>The seats of one pod. Immutable.</summary>
    public sealed class PodSeats
    {
        internal PodSeats(string pod, string authority, string desk, SeatCounts? counts)
        {
            Pod = pod;
            Authority = authority;
            Desk = desk;
            Counts = counts;
        }

        /// <summary>The name of the pod.</summary>
        public string Pod { get; }

        /// <summary>The address and the port of the pod.</summary>
        public string Authority { get; }

        /// <summary>The state of its desk: <c>open</c>, <c>closed</c> or <c>silent</c>.</summary>
        public string Desk { get; }

        /// <summary>The counts, or null while the desk is silent.</summary>
        public SeatCounts? Counts { get; }
    }
}
