namespace Berth.Client
{
    /// <summary>Counts of seats. Immutable.</summary>
    public sealed class SeatCounts
    {
        internal SeatCounts(int capacity, int free, int reserved, int taken)
        {
            Capacity = capacity;
            Free = free;
            Reserved = reserved;
            Taken = taken;
        }

        /// <summary>All seats.</summary>
        public int Capacity { get; }

        /// <summary>The seats that nothing uses.</summary>
        public int Free { get; }

        /// <summary>The seats that are kept for clients on their way.</summary>
        public int Reserved { get; }

        /// <summary>The seats of sessions.</summary>
        public int Taken { get; }

        /// <summary>The counts for people: <c>3 of 64 free</c>.</summary>
        public override string ToString() => $"{Free} of {Capacity} free";
    }
}
