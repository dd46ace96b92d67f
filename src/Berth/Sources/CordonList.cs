using System.Collections.Frozen;

namespace Berth.Sources;

/// <summary>The pods that an operator has cordoned, as <c>NAMESPACE/POD</c>. Immutable.</summary>
internal sealed class CordonList
{
    /// <summary>More pods than an operator cordons by hand.</summary>
    public const int MaxPods = 10_000;

    private readonly FrozenSet<string> _pods;

    public CordonList(IEnumerable<string> pods) => _pods = pods.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>No pod.</summary>
    public static CordonList Empty { get; } = new([]);

    /// <summary>The pods, in the order of their names.</summary>
    public IReadOnlyList<string> Pods => [.. _pods.Order(StringComparer.Ordinal)];

    /// <summary>Returns the fault of a pod's name as a sentence, or null.</summary>
    public static string? FindFault(string pod)
    {
        string[] parts = pod.Split('/');
        bool isGood = parts.Length == 2 && Array.TrueForAll(parts, static part => part.Length is > 0 and <= 253
            && part.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'));
        return isGood ? null : $"'{pod}' is no pod to cordon. Write it as NAMESPACE/POD, such as games/lobby-2.";
    }

    /// <summary>Returns the snapshot with its listed pods cordoned: the same instance when no pod of it is in the list.</summary>
    public EndpointSnapshot Apply(EndpointSnapshot snapshot)
    {
        if (_pods.Count == 0)
            return snapshot;
        string prefix = snapshot.Target.Namespace + "/";
        PodEndpoint[] found = [.. _pods.Where(pod => pod.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pod => snapshot.FindByName(pod[prefix.Length..])).OfType<PodEndpoint>()];
        return found.Length == 0 ? snapshot : snapshot.WithCordoned(new HashSet<PodEndpoint>(found, ReferenceEqualityComparer.Instance));
    }
}
