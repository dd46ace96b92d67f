using Berth.Snapshots;

namespace Berth;

/// <summary>
/// Builds snapshots for the single writer: takes changes one by one and freezes the result. The cost depends on the size of the change,
/// because unchanged runs of endpoints are shared with the previous snapshot. Not safe for several threads.
/// </summary>
public sealed class SnapshotBuilder
{
    private readonly ServiceTarget _target;
    private readonly PortScheme _ports;

    // Endpoints are found by the ordinal in their name. Only endpoints with another ordinal are stored by name. This table and the next one
    // are null until they are needed, because there may be 10,000 builders.
    private Dictionary<string, PodEndpoint>? _unusual;
    private SortedDictionary<string, LeftOutPod>? _leftOut;
    private readonly EndpointRuns _runs = new();
    private IReadOnlyList<LeftOutPod> _frozenLeftOut = [];
    private IReadOnlyList<EndpointWarning> _warnings = [];
    private bool _warningsChanged;
    private bool _leftOutChanged;
    private bool _changed = true;

    /// <summary>Creates an empty builder.</summary>
    public SnapshotBuilder(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        _target = target;
        _ports = ports;
    }

    /// <summary>The source's version of the applied content, for people.</summary>
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
    /// True when <see cref="Build"/> would return a snapshot with other content than the last one. True before the first build.
    /// </summary>
    public bool HasChanges => _changed || _leftOutChanged || _warningsChanged;

    /// <summary>The number of endpoints.</summary>
    public int Count => _runs.Count;

    /// <summary>Adds an endpoint, or replaces the one with the same name. The pod is no longer left out.</summary>
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
            (_unusual ??= new Dictionary<string, PodEndpoint>(StringComparer.Ordinal))[endpoint.Name] = endpoint;
        else if (_unusual is { Count: > 0 })
            _unusual.Remove(endpoint.Name);
        _runs.Insert(endpoint);
        _changed = true;
    }

    /// <summary>
    /// Adds many endpoints at once, in pieces. No two have one name, and none is left out. For an empty builder this is one sort, instead
    /// of a search for each endpoint.
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

    /// <summary>Records a pod as left out, and removes its endpoint if it had one.</summary>
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

    /// <summary>Removes a pod from the endpoints and from the pods left out. Does nothing when it is in neither.</summary>
    public void Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        RemoveEndpoint(name);
        if (_leftOut is not null && _leftOut.Remove(name))
            _leftOutChanged = true;
    }

    /// <summary>Returns the endpoint of a pod, or null.</summary>
    internal PodEndpoint? Find(string name) =>
        _unusual is not null && _unusual.TryGetValue(name, out PodEndpoint? unusual) ? unusual : _runs.Find(OrdinalOf(name), name);

    /// <summary>Freezes the current content as a snapshot.</summary>
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
        _unusual?.Remove(name);
        _runs.Remove(before);
        _changed = true;
    }

    /// <summary>Only a name that is kept as a whole text must be parsed again for its ordinal.</summary>
    private bool IsUnusual(PodEndpoint endpoint) =>
        endpoint.Ordinal != (
            endpoint.Key is { Prefix: not null } key ? (_ports.NeedsOrdinal ? key.Number : null) : OrdinalOf(endpoint.Name));

    private PodEndpoint? FindLike(PodEndpoint endpoint) =>
        _unusual is { Count: > 0 } || IsUnusual(endpoint) ? Find(endpoint.Name) : _runs.FindLike(endpoint);

    private int? OrdinalOf(string name) => _ports.NeedsOrdinal && PodOrdinal.TryParse(name, out int ordinal, out _) ? ordinal : null;
}
