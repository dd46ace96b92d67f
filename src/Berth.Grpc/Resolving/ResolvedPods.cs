using System.Collections;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Resolving;

/// <summary>
/// The pods that a channel may call at one moment. As a list of addresses it is what the library hands from the resolver to every balancer;
/// our own balancer reads the pods, and learns why there are none.
/// </summary>
internal sealed class ResolvedPods : IReadOnlyList<BalancerAddress>
{
    private readonly List<PodAddress> _pods;

    private ResolvedPods(Channel channel, EndpointView? view, List<PodAddress> pods, string? reason)
    {
        Channel = channel;
        View = view;
        _pods = pods;
        Reason = reason;
    }

    public Channel Channel { get; }

    /// <summary>The view that the pods are from; null when there is none.</summary>
    public EndpointView? View { get; }

    /// <summary>The pods, all of them available, in the order of the snapshot.</summary>
    public IReadOnlyList<PodAddress> Pods => _pods;

    /// <summary>The reason why there are no pods, as a sentence; null when there are some.</summary>
    public string? Reason { get; }

    /// <inheritdoc/>
    public int Count => _pods.Count;

    /// <inheritdoc/>
    public BalancerAddress this[int index] => _pods[index].Address;

    /// <summary>No pods, for a reason that no snapshot has.</summary>
    public static ResolvedPods None(Channel channel, EndpointView? view, string reason) => new(channel, view, [], reason);

    /// <summary>The pods of a snapshot that a channel may call. Addresses of pods that have not changed are taken from before.</summary>
    public static ResolvedPods Of(Channel channel, EndpointView view, EndpointSnapshot snapshot, ResolvedPods? before)
    {
        if (channel.Address.Pod is { } name)
        {
            return snapshot.FindByName(name) is { IsAvailable: true } pod
                ? WithPort(channel, view, [pod], before)
                : None(channel, view, NoEndpointException.Describe(snapshot, new PodNamePicker(name)));
        }

        return snapshot.UnavailableReason is { } reason
            ? None(channel, view, reason)
            : WithPort(channel, view, snapshot.Available, before);
    }

    /// <inheritdoc/>
    public IEnumerator<BalancerAddress> GetEnumerator() => _pods.Select(static pod => pod.Address).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static ResolvedPods WithPort(
        Channel channel, EndpointView view, IEnumerable<PodEndpoint> pods, ResolvedPods? before)
    {
        Dictionary<PodEndpoint, PodAddress> known = new(before?.Count ?? 0, ReferenceEqualityComparer.Instance);
        foreach (PodAddress address in before?._pods ?? [])
            known.Add(address.Pod, address);
        List<PodAddress> found = [];
        foreach (PodEndpoint pod in pods)
        {
            if (known.TryGetValue(pod, out PodAddress? address) || PodAddress.TryCreate(channel, pod, out address))
                found.Add(address);
        }

        return found.Count > 0
            ? new ResolvedPods(channel, view, found, null)
            : None(
                channel,
                view,
                $"No pod of {channel.Address.Target} has a port named '{channel.Options.PortName}'. Name one of the port scheme's ports.");
    }
}
