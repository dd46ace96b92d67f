using System.Runtime.InteropServices;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>
/// The ports of pods: those that the client's own scheme computes, which the dispatcher must state too. With a scheme that takes its bases
/// from the Service, they are those that the dispatcher states.
/// </summary>
internal sealed class PodPorts(PortScheme scheme)
{
    private PortRule? _rule;

    /// <summary>
    /// Finds the rule of a pod's ports, if the client's scheme has one and the dispatcher states the same ports. Almost all pods need only
    /// this method, so it allocates nothing.
    /// </summary>
    /// <param name="ordinal">The pod's ordinal, or null.</param>
    /// <param name="stated">The ports that the dispatcher states.</param>
    public PortRule? FindRule(int? ordinal, List<EndpointPort> stated)
    {
        if (scheme.NeedsServicePorts || (scheme.NeedsOrdinal && ordinal is null))
            return null;
        _rule ??= scheme.RuleFor([]);
        return _rule is { } rule && (ordinal ?? 0) <= rule.MaxOrdinal && rule.IsAmong(CollectionsMarshal.AsSpan(stated), ordinal ?? 0)
            ? rule
            : null;
    }

    /// <summary>Finds the ports of a pod, and the rule that gives exactly these ports, if there is one.</summary>
    /// <param name="name">The pod's name, for the message.</param>
    /// <param name="ordinal">The pod's ordinal, or null.</param>
    /// <param name="stated">The ports that the dispatcher states, at least one.</param>
    /// <param name="rule">The rule, or null.</param>
    /// <exception cref="WatchFormatException">The dispatcher states other ports.</exception>
    public IReadOnlyList<EndpointPort> Find(PodName name, int? ordinal, List<EndpointPort> stated, out PortRule? rule)
    {
        if (scheme.NeedsServicePorts)
            return FindStated(name, ordinal, stated, out rule);
        rule = _rule ??= scheme.RuleFor([])!;
        if (scheme.TryResolve(ordinal, [], out IReadOnlyList<EndpointPort> computed, out string? reason)
            && computed.All(port => stated.Exists(s => s.Number == port.Number && s.Protocol == port.Protocol)))
            return computed;
        throw new WatchFormatException(
            $"it states {string.Join(", ", stated)} for {name}, and this client's ports are {scheme}: "
            + $"{reason ?? string.Join(", ", computed)}. Give both the same ports, or take the dispatcher's with PortScheme.FromService()");
    }

    /// <summary>Finds the ports that the dispatcher states, under a scheme that takes its bases from the Service.</summary>
    private IReadOnlyList<EndpointPort> FindStated(PodName name, int? ordinal, List<EndpointPort> stated, out PortRule? rule)
    {
        rule = null;
        if (!scheme.TryResolve(0, stated, out IReadOnlyList<EndpointPort> chosen, out _))
        {
            throw new WatchFormatException(
                $"it states {string.Join(", ", stated)} for {name}, and none of these is {scheme}. Choose one of them, or all");
        }

        if (ordinal is not { } number)
            return chosen;
        if (_rule is null || !Gives(_rule, number, chosen))
            _rule = Guess(number, chosen);
        rule = _rule;
        return chosen;
    }

    /// <summary>Returns the rule of consecutive ports that gives this pod exactly these ports. It is kept once for all pods.</summary>
    private static PortRule? Guess(int ordinal, IReadOnlyList<EndpointPort> ports)
    {
        EndpointPort[] bases = [.. ports.Select(port => port with { Number = port.Number - ordinal })];
        if (Array.Exists(bases, static b => b.Number < PortRange.Min))
            return null;
        PortRule rule = new(bases, 1);
        return ordinal <= rule.MaxOrdinal ? rule : null;
    }

    private static bool Gives(PortRule rule, int ordinal, IReadOnlyList<EndpointPort> ports) =>
        ordinal <= rule.MaxOrdinal && rule.All(ordinal).AsSpan().SequenceEqual(
            ports is EndpointPort[] array ? array : CollectionsMarshal.AsSpan([.. ports]));
}
