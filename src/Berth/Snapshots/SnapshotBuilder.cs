using Berth.Snapshots;

namespace Berth;

/// <summary>
/// The single writer's side of a snapshot: takes changes one by one and freezes the whole. What a change costs follows from the change;
/// the runs of endpoints that it did not touch are shared with the snapshot before. Not safe for several threads.
/// </summary>
public sealed class SnapshotBuilder
{
    private readonly ServiceTarget _target;
    private readonly PortScheme _ports;

    // Endpoints are found by the ordinal that their name tells. Only those that were given another one need to be remembered by name.
    private readonly Dictionary<string, PodEndpoint> _unusual = new(StringComparer.Ordinal);

    // Null until a pod is left out: there may be 10,000 builders.
    private SortedDictionary<string, LeftOutPod>? _leftOut;
    private readonly EndpointRuns _runs = new();
    private IReadOnlyList<LeftOutPod> _frozenLeftOut = [];
    private IReadOnlyList<EndpointWarning> _warnings = [];
    private bool _warningsChanged;
    private bool _leftOutChanged;
    private bool _changed = true;

    /// <summary>Starts with nothing.</summary>
    public SnapshotBuilder(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        _target = target;
        _ports = ports;
    }

    /// <summary>The source's version of what has been applied, for people.</summary>
    public string? SourceVersion { get; set; }

    /// <summary>The warnings for a person. Empty at first.</summary>
    public IReadOnlyList<EndpointWarning> Warnings
    {
        get => _warnings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (_warnings.SequenceEqual(value))
                return;
            _warnings = [.. value];
            _warningsChanged = true;
        }
    }

    /// <summary>
    /// True when <see cref="Build"/> would give something that differs from what it gave last. True before the first build.
    /// </summary>
    public bool HasChanges => _changed || _leftOutChanged || _warningsChanged;

    /// <summary>The number of endpoints.</summary>
    public int Count => _runs.Count;

    /// <summary>Puts an endpoint in, in place of the one with the same name; it is no longer left out.</summary>
    public void Set(PodEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (_leftOut is { Count: > 0 } && _leftOut.Remove(endpoint.Name))
            _leftOutChanged = true;
        if (FindLike(endpoint) is { } before)
        {
            if (before.ContentEquals(endpoint))
                return;
            _runs.Remove(before);
        }

        if (IsUnusual(endpoint))
            _unusual[endpoint.Name] = endpoint;
        else if (_unusual.Count > 0)
            _unusual.Remove(endpoint.Name);
        _runs.Insert(endpoint);
        _changed = true;
    }

    /// <summary>
    /// Puts many endpoints in at once, in pieces as they come, no two of one name, none of them left out. Into an empty builder that is one
    /// sort, instead of a search for each.
    /// </summary>
    internal void SetAll(PodEndpoint[][] pieces)
    {
        if (Count == 0 && _ports.NeedsOrdinal && EndpointSort.TrySort(pieces, EndpointRuns.MaxLength) is { } runs)
        {
            _runs.Fill(runs);
            _changed |= _runs.Count > 0;
            return;
        }

        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
                Set(endpoint);
        }
    }

    /// <summary>Notes a pod as left out, in place of its endpoint if it had one.</summary>
    public void LeaveOut(LeftOutPod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        RemoveEndpoint(pod.Name);
        _leftOut ??= new SortedDictionary<string, LeftOutPod>(StringComparer.Ordinal);
        if (_leftOut.TryGetValue(pod.Name, out LeftOutPod? before) && before == pod)
            return;
        _leftOut[pod.Name] = pod;
        _leftOutChanged = true;
    }

    /// <summary>Takes a pod out, whether it was an endpoint or left out. Nothing happens when it was neither.</summary>
    public void Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        RemoveEndpoint(name);
        if (_leftOut is not null && _leftOut.Remove(name))
            _leftOutChanged = true;
    }

    /// <summary>The endpoint of a pod, or null where it has none.</summary>
    internal PodEndpoint? Find(string name) =>
        _unusual.Count > 0 && _unusual.TryGetValue(name, out PodEndpoint? unusual) ? unusual : _runs.Find(OrdinalOf(name), name);

    /// <summary>Freezes what is there.</summary>
    public EndpointSnapshot Build()
    {
        if (_leftOutChanged)
            _frozenLeftOut = [.. _leftOut!.Values];
        _changed = _leftOutChanged = _warningsChanged = false;
        return new EndpointSnapshot(_target, _ports, _runs.Freeze(), _frozenLeftOut)
        {
            SourceVersion = SourceVersion,
            Warnings = _warnings,
        };
    }

    private void RemoveEndpoint(string name)
    {
        if (Find(name) is not { } before)
            return;
        _unusual.Remove(name);
        _runs.Remove(before);
        _changed = true;
    }

    /// <summary>Only a name that was read as a whole has to be read again for its ordinal.</summary>
    private bool IsUnusual(PodEndpoint endpoint) =>
        endpoint.Ordinal != (
            endpoint.Key is { Prefix: not null } key ? (_ports.NeedsOrdinal ? key.Number : null) : OrdinalOf(endpoint.Name));

    private PodEndpoint? FindLike(PodEndpoint endpoint) =>
        _unusual.Count > 0 || IsUnusual(endpoint) ? Find(endpoint.Name) : _runs.FindLike(endpoint);

    private int? OrdinalOf(string name) => _ports.NeedsOrdinal && PodOrdinal.TryParse(name, out int ordinal, out _) ? ordinal : null;
}
