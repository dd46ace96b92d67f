using System.Net;
using Berth.Pods;

namespace Berth.Remote.Wire;

/// <summary>The parts that the JSON of one pod states, before they are checked. Used for one pod after another.</summary>
internal sealed class PodDraft
{
    public PodName Name { get; set; }

    public PodUid Uid { get; set; }

    public long? Ordinal { get; set; }

    public string? Host { get; set; }

    /// <summary>The node, the zone and the cluster. Set last.</summary>
    public PodScope Scope { get; set; } = null!;

    public bool Ready { get; set; }

    public bool Serving { get; set; }

    public bool Terminating { get; set; }

    /// <summary>All other states follow from the conditions.</summary>
    public bool Cordoned { get; set; }

    public List<IPAddress> Addresses { get; } = [];

    public List<EndpointPort> Ports { get; } = [];

    /// <summary>Forgets the pod before.</summary>
    public void Clear()
    {
        Name = default;
        Uid = default;
        Ordinal = null;
        Host = null;
        Ready = Serving = Terminating = Cordoned = false;
        Addresses.Clear();
        Ports.Clear();
    }
}
