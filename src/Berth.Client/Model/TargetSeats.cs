using System.Collections.Generic;

namespace Berth.Client
{
    /// <summary>The seats of a target by pod, and in all. Immutable.</summary>
    public sealed class TargetSeats
    {
        internal TargetSeats(string target, SeatCounts counts, int waiting, IReadOnlyList<PodSeats> pods)
        {
            Target = target;
            Counts = counts;
            Waiting = waiting;
            Pods = pods;
        }

        /// <summary>The target: <c>namespace/service</c>.</summary>
        public string Target { get; }

        /// <summary>The seats of all pods whose desks answer.</summary>
        public SeatCounts Counts { get; }

        /// <summary>The number of clients in line.</summary>
        public int Waiting { get; }

        /// <summary>The pods.</summary>
        public IReadOnlyList<PodSeats> Pods { get; }
    }
}
