using System;

namespace Berth.Client.Timing
{
    /// <summary>The time since the API server last confirmed something. Safe for several threads.</summary>
    internal sealed class Confirmation
    {
        private volatile Reading? _reading;

        public Confirmation(TimeSpan? age) => Confirm(age);

        /// <summary>The age now, or null when none was stated.</summary>
        public TimeSpan? Age => _reading is { } reading ? reading.Age + (ClientClock.Now - reading.At) : (TimeSpan?)null;

        public void Confirm(TimeSpan? age) => _reading = age is { } known ? new Reading(known, ClientClock.Now) : null;

        private sealed class Reading
        {
            public Reading(TimeSpan age, TimeSpan at)
            {
                Age = age;
                At = at;
            }

            public TimeSpan Age { get; }

            public TimeSpan At { get; }
        }
    }
}
