using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Berth.Client.Timing
{
    /// <summary>The clocks and waits of the package.</summary>
    /// <remarks>.NET Standard 2.1 has no TimeProvider, and a package of it would be one more file in each Unity project.</remarks>
    internal static class ClientClock
    {
        private static readonly Stopwatch s_watch = Start();

        /// <summary>The time on a clock that never jumps.</summary>
        public static TimeSpan Now => s_watch.Elapsed;

#pragma warning disable RS0030 // The one place that asks the system.
        public static DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

        public static Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);
#pragma warning restore RS0030

        private static Stopwatch Start()
        {
            Stopwatch watch = new();
            watch.Start();
            return watch;
        }
    }
}
