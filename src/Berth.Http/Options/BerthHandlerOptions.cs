using Berth.Checks;

namespace Berth.Http;

/// <summary>The options of a <see cref="BerthHandler"/>. Every value has a default.</summary>
public sealed class BerthHandlerOptions
{
    /// <summary>
    /// The hosts of URLs that stand for the view. A pod's name and a dot before one of them stand for that pod. Requests to other hosts are
    /// left alone. Default: none besides those that are always there, <c>SERVICE</c> and <c>SERVICE.NAMESPACE.berth</c>. Lower case.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>The picker of requests that name no pod and have no key. Default: <see cref="RandomPicker.Shared"/>.</summary>
    public IEndpointPicker Picker { get; set; } = RandomPicker.Shared;

    /// <summary>The name of the port that requests go to. Default: null, for the main port.</summary>
    public string? PortName { get; set; }

    /// <summary>
    /// The number of pods that one request may try. Default 3; 1 to 100. A request goes to another pod only when no connection could be
    /// made, so that the first pod has received nothing, and never when it names a pod.
    /// </summary>
    public int MaxPods { get; set; } = 3;

    /// <summary>
    /// Returns the host name of a pod, which becomes the <c>Host</c> header and the name on its certificate. Default: null, for the address
    /// of the pod. A <c>Host</c> header of the request itself is kept.
    /// </summary>
    public Func<PodEndpoint, string>? HostName { get; set; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(Picker, nameof(Picker));
        faults.CheckRange(MaxPods, 1, 100, nameof(MaxPods));
        faults.Check(PortName is not "", "PortName is empty. Give the name of a port, or null for the main one.");
        foreach (string host in Hosts)
        {
            if (Targets.Dns1123.FaultOfSubdomain(host) is { } fault)
                faults.Check(false, $"The host '{host}' {fault}. Give a host as in URLs, in lower case.");
        }

        return faults.Found;
    }
}
