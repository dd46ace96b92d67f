using Berth.Pods;
using Berth.Snapshots;

namespace Berth;

/// <summary>
/// Everything known of one target at one moment: immutable, whole and versioned. Any number of threads read it without a lock.
/// </summary>
public sealed class EndpointSnapshot
{
    private IReadOnlyList<PortClash>? _clashes;

    internal EndpointSnapshot(ServiceTarget target, PortScheme ports, EndpointChunk[] chunks, IReadOnlyList<LeftOutPod> leftOut)
    {
        Target = target;
        Ports = ports;
        Endpoints = new EndpointList(chunks, availableOnly: false);
        Available = EndpointList.AvailableOf(Endpoints);
        LeftOut = leftOut;
    }

    private EndpointSnapshot(EndpointSnapshot content)
        : this(content, content.Endpoints, content.Available)
    {
        _clashes = content._clashes;
    }

    private EndpointSnapshot(EndpointSnapshot content, EndpointList endpoints, EndpointList available)
    {
        Target = content.Target;
        Ports = content.Ports;
        Endpoints = endpoints;
        Available = available;
        LeftOut = content.LeftOut;
        Warnings = content.Warnings;
        SourceVersion = content.SourceVersion;
        Version = content.Version;
        ObservedAt = content.ObservedAt;
        StatedAge = content.StatedAge;
        Clusters = content.Clusters;
    }

    /// <summary>The target that these pods belong to.</summary>
    public ServiceTarget Target { get; }

    /// <summary>The scheme by which their ports were computed.</summary>
    public PortScheme Ports { get; }

    /// <summary>
    /// All endpoints by ordinal and name, the unready and terminating ones too. Of several clusters, those of one after those of another.
    /// </summary>
    public EndpointList Endpoints { get; }

    /// <summary>The endpoints that new clients may be sent to, in the same order.</summary>
    public EndpointList Available { get; }

    /// <summary>The pods that cannot be dialled, by name, each with its reason.</summary>
    public IReadOnlyList<LeftOutPod> LeftOut { get; }

    /// <summary>The warnings for a person: the snapshot is what the source says, and may not be what is meant. Usually empty.</summary>
    public IReadOnlyList<EndpointWarning> Warnings { get; internal init; } = [];

    /// <summary>
    /// The clusters whose pods these are, in the order of preference; empty when only one cluster is followed. The endpoints are those of
    /// the first cluster, then those of the second, and so on.
    /// </summary>
    public IReadOnlyList<EndpointCluster> Clusters { get; internal init; } = [];

    /// <summary>
    /// Counts the changes of this target's content that the directory has published: 1 or more, only growing. 0 before the directory has
    /// it.
    /// </summary>
    public long Version { get; internal init; }

    /// <summary>The time at which this content was first observed, by the directory's clock.</summary>
    public DateTimeOffset ObservedAt { get; internal init; }

    /// <summary>The time at which the source began to fail, or null while the snapshot is live.</summary>
    public DateTimeOffset? StaleSince { get; private init; }

    /// <summary>The reason for being stale, as a sentence, or null while the snapshot is live.</summary>
    public string? StaleReason { get; private init; }

    /// <summary>True while the source is in trouble: this is the last that was known.</summary>
    public bool IsStale => StaleSince is not null;

    /// <summary>The age that the source states, or null where reading it confirms the snapshot at that moment.</summary>
    internal TimeSpan? StatedAge { get; init; }

    /// <summary>The source's own version of this content (a resourceVersion), for people, or null.</summary>
    public string? SourceVersion { get; internal init; }

    /// <summary>
    /// Why <see cref="Available"/> is empty, as a sentence with the remedy; null while it is not empty. Exceptions, HTTP and the command
    /// line all use this sentence.
    /// </summary>
    public string? UnavailableReason => Available.Count > 0 ? null
        : Endpoints.Count > 0
            ? $"{Target} has {EndpointWords.Pods(Endpoints.Count)}, and none is ready: "
                + $"{Endpoints[0].Name} is {EndpointWords.Of(Endpoints[0].State)}. "
                + (Endpoints[0].Terminating
                    ? "Wait for the pods that take over; a set that is scaled to 0 has none."
                    : $"'kubectl describe pod -n {Target.Namespace} {Endpoints[0].Name}' says why: its image, its containers, "
                        + "their readiness probe or a readiness gate.")
        : LeftOut.Count > 0
            ? $"{Target} has {EndpointWords.Pods(LeftOut.Count)}, and none can be dialled: {LeftOut[0].Name} ({LeftOut[0].Detail})."
                // Pods of a DaemonSet or a Deployment, asked for by ordinal.
                + (LeftOut[0].Reason == LeftOutReason.NoOrdinal
                    ? " Only a StatefulSet's pods have an ordinal. Where each node runs one such pod, all on one port, give that port: "
                        + "--fixed-port PORT, or PortScheme.Fixed in a program."
                    : "")
        : $"{Target} has no pods. Check that the Service exists and that its selector matches the pods' labels. A pod that is not on a "
            + $"node yet (Pending) does not count: 'kubectl get pods -n {Target.Namespace}' shows it.";

    /// <summary>Makes a snapshot from a list of endpoints: for sources that read all at once, and for tests.</summary>
    /// <remarks>Of several endpoints with one name the last counts.</remarks>
    public static EndpointSnapshot Create(
        ServiceTarget target, PortScheme ports, IEnumerable<PodEndpoint> endpoints, IEnumerable<LeftOutPod>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(endpoints);
        SnapshotBuilder builder = new(target, ports);
        foreach (PodEndpoint endpoint in endpoints)
            builder.Set(endpoint);
        foreach (LeftOutPod pod in leftOut ?? [])
            builder.LeaveOut(pod);
        return builder.Build();
    }

    /// <summary>Finds the endpoint with an ordinal, in any state.</summary>
    /// <returns>
    /// The endpoint, or null. Where two StatefulSets share the Service, the first by name; of several clusters the first that has it.
    /// </returns>
    public PodEndpoint? FindByOrdinal(int ordinal)
    {
        if (Clusters.Count > 0)
            return FindInClusters(ordinal, null);
        PodEndpoint? found = FindAtOrAfter(ordinal, "");
        return found?.Ordinal == ordinal ? found : null;
    }

    /// <summary>Finds the endpoint of a pod, in any state.</summary>
    /// <returns>The endpoint, or null; of several clusters that of the first that has it.</returns>
    public PodEndpoint? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Clusters.Count > 0)
            return FindInClusters(0, name);
        int? ordinal = Ports.NeedsOrdinal && PodOrdinal.TryParse(name, out int parsed, out _) ? parsed : null;
        PodEndpoint? found = FindAtOrAfter(ordinal, name);
        return found is not null && PodNames.IsNamed(found, name) ? found : null;
    }

    /// <summary>
    /// Finds the ports that several pods of this snapshot claim on one address. Computed at the first call and kept. For clashes with other
    /// targets ask <see cref="EndpointDirectory.FindPortClashes"/>.
    /// </summary>
    public IReadOnlyList<PortClash> FindPortClashes() => _clashes ??= PortClashes.Find([this]);

    /// <summary>The snapshot for people: <c>k8s-example2/service-b version 3: 2 of 3 available</c>.</summary>
    public override string ToString() =>
        $"{Target} version {Version}: {Available.Count} of {Endpoints.Count} available" +
        (LeftOut.Count == 0 ? "" : $", {LeftOut.Count} left out") + (IsStale ? $", stale since {StaleSince:O}" : "");

    internal EndpointSnapshot WithVersion(long version, DateTimeOffset observedAt) =>
        new(this) { Version = version, ObservedAt = observedAt };

    internal EndpointSnapshot AsStale(DateTimeOffset since, string reason) => new(this) { StaleSince = since, StaleReason = reason };

    internal EndpointSnapshot AsLive() => new(this);

    /// <summary>The same with some of its endpoints cordoned. What did not change is shared.</summary>
    internal EndpointSnapshot WithCordoned(IReadOnlySet<PodEndpoint> pods)
    {
        EndpointChunk[] chunks = Endpoints.Chunks.ToArray();
        for (int i = 0; i < chunks.Length; i++)
        {
            if (Array.Exists(chunks[i].All, pods.Contains))
                chunks[i] = new EndpointChunk([.. chunks[i].All.Select(pod => pods.Contains(pod) ? Cordon(pod) : pod)]);
        }

        EndpointList all = new(chunks, availableOnly: false);
        return new EndpointSnapshot(this, all, EndpointList.AvailableOf(all))
        {
            StaleSince = StaleSince,
            StaleReason = StaleReason,
        };
    }

    /// <summary>
    /// The same, with the pods that are not ready as available ones, where no pod is available: all but those that terminate or are
    /// cordoned. The same instance where there is nothing to change.
    /// </summary>
    internal EndpointSnapshot WithLastResort()
    {
        if (Available.Count > 0 || !Endpoints.Any(IsLastResort))
            return this;
        EndpointChunk[] chunks =
        [
            .. Endpoints.Chunks.ToArray().Select(static chunk => new EndpointChunk(
                [.. chunk.All.Select(static pod => IsLastResort(pod) ? new MarkedEndpoint(pod, cordoned: false, lastResort: true) : pod)])),
        ];
        EndpointList all = new(chunks, availableOnly: false);
        EndpointList available = EndpointList.AvailableOf(all);
        return new EndpointSnapshot(this, all, available)
        {
            // A followed dispatcher may have added the same warning.
            Warnings = [.. Warnings.Where(static w => w.Kind != EndpointWarningKind.NoneReady), EndpointWords.NoneReady(available.Count)],
            StaleSince = StaleSince,
            StaleReason = StaleReason,
        };
    }

    /// <summary>The same snapshot with the version, age and staleness that its source stated.</summary>
    internal EndpointSnapshot AsStated(string version, TimeSpan age, DateTimeOffset? staleSince, string? reason) =>
        new(this) { SourceVersion = version, StatedAge = age, StaleSince = staleSince, StaleReason = reason };

    private static bool IsLastResort(PodEndpoint pod) => pod is { State: PodState.NotReady, IsCordoned: false };

    private static MarkedEndpoint Cordon(PodEndpoint pod) => new(pod, cordoned: true, lastResort: false);

    private PodEndpoint? FindInClusters(int ordinal, string? name)
    {
        for (int i = 0; i < Clusters.Count; i++)
        {
            if (Clusters[i].Served is { } part && (name is null ? part.FindByOrdinal(ordinal) : part.FindByName(name)) is { } found)
                return found;
        }

        return null;
    }

    private PodEndpoint? FindAtOrAfter(int? ordinal, string name)
    {
        ReadOnlySpan<EndpointChunk> chunks = Endpoints.Chunks;
        int low = 0;
        int high = chunks.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (EndpointOrder.Compare(chunks[middle].All[^1], ordinal, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == chunks.Length)
            return null;
        PodEndpoint[] run = chunks[low].All;
        return run[EndpointOrder.LowerBound(run, ordinal, name)];
    }
}
