using System;
using System.Collections.Generic;

namespace Berth.Client
{
    /// <summary>A request for seats. Every value may be left out.</summary>
    public sealed class SeatRequest
    {
        private const int MaxKeyLength = 255;

        private static readonly TimeSpan s_maxWait = TimeSpan.FromHours(1);

        /// <summary>The number of seats, in one pod. Default 1; 1 or more, and the desk knows its limit, 100 unless it is set.</summary>
        public int Seats { get; set; } = 1;

        /// <summary>
        /// The client's key, such as a room: it chooses the pod with <c>--seat-policy sticky</c>. Default: null, for none. At most 255
        /// characters.
        /// </summary>
        public string? Key { get; set; }

        /// <summary>
        /// The time in which the client must come. Default: null, for the dispatcher's, 30 s. Above 0, and the desk knows its limits,
        /// 100 ms to 10 minutes unless they are set.
        /// </summary>
        public TimeSpan? Ttl { get; set; }

        /// <summary>
        /// The longest wait in line while all pods are full. Default 0; up to 1 hour, and at most what the dispatcher allows, 1 minute.
        /// </summary>
        public TimeSpan Wait { get; set; }

        /// <summary>
        /// The key that makes a repeated call safe: the same one gives the same reservation while it lives. Default: null, for a new one
        /// for each call. At most 255 characters.
        /// </summary>
        public string? IdempotencyKey { get; set; }

        /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the request can be sent.</summary>
        internal IReadOnlyList<string> FindFaults()
        {
            List<string> faults = new();
            if (Seats < 1)
                faults.Add($"Seats is {Seats}. Give 1 or more.");
            if (Ttl <= TimeSpan.Zero)
                faults.Add($"Ttl is {Ttl}. Give a time above zero, or null for the dispatcher's.");
            if (Wait < TimeSpan.Zero || Wait > s_maxWait)
                faults.Add($"Wait is {Wait}. Give a time from zero to {s_maxWait}.");
            CheckKey(Key, nameof(Key), faults);
            CheckKey(IdempotencyKey, nameof(IdempotencyKey), faults);
            return faults;
        }

        private static void CheckKey(string? key, string option, List<string> faults)
        {
            if (key?.Length > MaxKeyLength)
                faults.Add($"{option} has {key.Length} characters. Give at most {MaxKeyLength}.");
        }
    }
}
