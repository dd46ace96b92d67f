using System;
using System.Collections.Generic;

namespace Berth.Client
{
    /// <summary>The options of a <see cref="BerthClient"/>. Every value has a default.</summary>
    public sealed class BerthClientOptions
    {
        private static readonly TimeSpan s_maxAnswer = TimeSpan.FromMinutes(5);
        private static readonly TimeSpan s_maxSilence = TimeSpan.FromHours(1);

        /// <summary>
        /// Gives the bearer token of a request, or null for none. It is called for each request, so that tokens may rotate. Default: null,
        /// for no tokens. A token is sent as it is: use <c>https</c> where others can listen.
        /// </summary>
        public Func<string?>? Token { get; set; }

        /// <summary>The time in which a dispatcher must answer. Default 10 s; above 0 and up to 5 minutes.</summary>
        public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>
        /// The time without a byte after which a watch counts as dead. Default 35 s; above 0 and up to 1 hour. A dispatcher sends something
        /// every 15 s.
        /// </summary>
        public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(35);

        /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
        public IReadOnlyList<string> FindFaults()
        {
            List<string> faults = new();
            if (AnswerTimeout <= TimeSpan.Zero || AnswerTimeout > s_maxAnswer)
                faults.Add($"AnswerTimeout is {AnswerTimeout}. Give a time above zero and at most {s_maxAnswer}.");
            if (IdleTimeout <= TimeSpan.Zero || IdleTimeout > s_maxSilence)
                faults.Add($"IdleTimeout is {IdleTimeout}. Give a time above zero and at most {s_maxSilence}.");
            return faults;
        }
    }
}
