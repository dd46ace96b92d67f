namespace Berth.Client
{
    /// <summary>A question for one endpoint: the dispatcher chooses it, or a pod is named. Every value may be left out.</summary>
    public sealed class EndpointQuery
    {
        /// <summary>The target: <c>namespace/service</c>. Default: null, for the first target of the dispatcher.</summary>
        public string? Target { get; set; }

        /// <summary>
        /// The key: the same one gives the same pod, from every dispatcher. Default: null, for none. Without a target it needs
        /// <c>--picker sticky</c>.
        /// </summary>
        public string? Key { get; set; }

        /// <summary>
        /// The zone to choose from; see <see cref="PickedEndpoint.ZoneFallback"/>. Default: null, for all zones.
        /// </summary>
        public string? Zone { get; set; }

        /// <summary>The ordinal of the pod, 0 or more. Default: null. It needs a target.</summary>
        public int? Ordinal { get; set; }

        /// <summary>The name of the pod. Default: null. It needs a target.</summary>
        public string? Pod { get; set; }
    }
}
