using System;

namespace Berth.Client
{
    /// <summary>The endpoint that the dispatcher chose, and how sure it is of it. Immutable.</summary>
    public sealed class PickedEndpoint : PodEndpoint
    {
        internal PickedEndpoint(PodEndpoint endpoint, string target, bool isStale, TimeSpan? age, bool zoneFallback)
            : base(endpoint)
        {
            Target = target;
            IsStale = isStale;
            Age = age;
            ZoneFallback = zoneFallback;
        }

        /// <summary>The target: <c>namespace/service</c>.</summary>
        public string Target { get; }

        /// <summary>True while the dispatcher cannot confirm its snapshot.</summary>
        public bool IsStale { get; }

        /// <summary>
        /// The time since the API server last confirmed the snapshot, when the dispatcher answered; null when it did not say.
        /// </summary>
        public TimeSpan? Age { get; }

        /// <summary>
        /// True when a zone was asked for and none of its pods was available, so that this one is in another zone.
        /// </summary>
        public bool ZoneFallback { get; }
    }
}
