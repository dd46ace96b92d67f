using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Runs one pod on its node: address, containers, status, end. It exists from the binding until the pod has left the API. Init containers
/// run to their end, one after the other, before the other containers start. Those that always restart (sidecars) continue beside them and
/// end last (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).
/// </summary>
// Its cancellation sources have no timer, so nothing to dispose; they are cancelled from several sides until the end.
#pragma warning disable CA1001
internal sealed class PodWorker
{
    private readonly StoredObject _pod;
    private readonly KubeletContext _context;
    private readonly ObjectStore _store;
    private readonly (string Host, string Pod) _addresses;
    private readonly ConfigSources _sources;
    private readonly PodVolumes _volumes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stoppingSidecars = new();
    private readonly CancellationTokenSource _killing = new();
    private readonly IReadOnlyList<(ContainerSupervisor Container, bool IsSidecar)> _first;
    private volatile TaskCompletionSource? _frozen;
    private volatile bool _isHeldUnready;
    private volatile bool _hasVolumes;
    private volatile bool _areVolumesStale;
    private TimeSpan? _graceGiven;
    private IDisposable? _graceTimer;

    public PodWorker(StoredObject pod, KubeletContext context, ObjectStore store, (string Host, string Pod) addresses)
    {
        _pod = pod;
        _context = context;
        _store = store;
        _addresses = addresses;
        Key = pod.Key;
        JsonObject body = _pod.Body.Clone();
        body.Child("status")["podIP"] = _addresses.Pod;
        body.Child("status")["hostIP"] = _addresses.Host;
        JsonWriting.Freeze(body);
        JsonNode? ofNode = store.Find(KindTable.Node, null, Node)?.Body.At("status", "allocatable");
        _sources = new ConfigSources(store, pod.Namespace);
        _volumes = new PodVolumes(body, ofNode, _sources, context);
        Task NodeIsUp() => _frozen?.Task ?? Task.CompletedTask;
        ContainerSupervisor Supervisor(JsonObject spec, string restart, bool runsToItsEnd)
        {
            ContainerCommands commands = new(body, spec, ofNode, _sources, _volumes, _context) { RunsToItsEnd = runsToItsEnd };
            return new ContainerSupervisor(body, spec, commands, restart, _context, Publish, NodeIsUp);
        }

        string Once(JsonObject spec) => PodStatus.RestartPolicy(body, spec) == "Never" ? "Never" : "OnFailure";
        _first = [.. body.Items("spec", "initContainers").Select(spec => PodStatus.IsSidecar(spec)
            ? (Supervisor(spec, "Always", runsToItsEnd: false), true)
            : (Supervisor(spec, Once(spec), runsToItsEnd: true), false))];
        Containers = [.. body.Items("spec", "containers")
            .Select(spec => Supervisor(spec, PodStatus.RestartPolicy(body, spec), runsToItsEnd: false))];
    }

    public string Key { get; }
    public string? Namespace => _pod.Namespace;
    public string Node => _pod.NodeName!;
    public string Address => _addresses.Pod;
    public IReadOnlyList<ContainerSupervisor> Containers { get; }

    /// <summary>Init containers too.</summary>
    public IEnumerable<ContainerSupervisor> All => _first.Select(entry => entry.Container).Concat(Containers);

    /// <summary>Asks the containers to end within the deletion's grace period.</summary>
    public void Stop(TimeSpan grace)
    {
        if (grace >= _graceGiven)
            return;
        _graceGiven = grace;
        _stopping.Cancel();
        _graceTimer?.Dispose();
        _graceTimer = _context.Time.Alarm(grace, Kill);
    }

    /// <summary>The node is stopped: the containers end, and the state of the pod is not reported until <see cref="Thaw"/>.</summary>
    public void Freeze()
    {
        _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        KillContainers();
    }

    public void Thaw()
    {
        TaskCompletionSource? gate = _frozen;
        _frozen = null;
        gate?.TrySetResult();
    }

    /// <summary>True: readiness follows the containers' probes. False: the pod is not ready.</summary>
    public void SetReady(bool ready)
    {
        _isHeldUnready = !ready;
        Publish();
    }

    /// <summary>Kills the running processes. False when there are none.</summary>
    public bool KillContainers() => All.Select(container => container.KillInstance()).ToList().Contains(true);

    /// <summary>Ends the containers now.</summary>
    public void Kill()
    {
        Thaw();
        _stopping.Cancel();
        _stoppingSidecars.Cancel();
        _killing.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            Publish();
            List<Task> sidecars = [];
            if (await HasVolumesAsync().ConfigureAwait(false) && await InitialiseAsync(sidecars).ConfigureAwait(false))
                await Task.WhenAll(Containers.Select(container => RunAsync(container, _stopping.Token))).ConfigureAwait(false);
            if (sidecars.Count > 0)
            {
                // Init containers also get the pod's grace period, unless something else ends them.
                Stop(LongWait.Seconds(_pod.Body.Number("spec", "terminationGracePeriodSeconds") ?? 30));
                await _stoppingSidecars.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(sidecars).ConfigureAwait(false);
            }

            Publish();
            _graceTimer?.Dispose();
            _volumes.Remove();
        }
        catch (Exception exception)
        {
            Log.WorkerFailed(_context.Logger, exception, _pod.Namespace, _pod.Name);
            Kill();
        }
    }

    /// <summary>Called when a ConfigMap or a Secret of its namespace has changed.</summary>
    public void MarkVolumesStale() => _areVolumesStale = true;

    /// <summary>Updates the files of its volumes if one of their objects has changed.</summary>
    public void RefreshVolumes()
    {
        if (!_hasVolumes || !_areVolumesStale)
            return;
        _areVolumesStale = false;
        if (_volumes.Missing() is null)
            _volumes.Write();
    }

    /// <summary>Waits until its volumes can be created, and creates them. False when the pod must end before that.</summary>
    private async Task<bool> HasVolumesAsync()
    {
        if (_context.Images is null)
            return true;
        while (_volumes.Missing() is { } missing)
        {
            _context.Events.Record(_pod.Body, "Warning", "FailedMount", missing);
            await _sources.UntilOtherAsync(missing, _volumes.Missing, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return false;
        }

        _volumes.Write();
        _hasVolumes = true;
        return true;
    }

    private Task RunAsync(ContainerSupervisor container, CancellationToken stopping) =>
        container.RunAsync(_addresses.Pod, stopping, _killing.Token);

    /// <summary>Runs the init containers. False when one failed permanently, or when the pod must end.</summary>
    private async Task<bool> InitialiseAsync(List<Task> sidecars)
    {
        foreach ((ContainerSupervisor container, bool isSidecar) in _first)
        {
            if (_stopping.IsCancellationRequested)
                return false;
            if (isSidecar)
            {
                sidecars.Add(RunAsync(container, _stoppingSidecars.Token));
                await container.WasStarted.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await RunAsync(container, _stopping.Token).ConfigureAwait(false);
            if (!container.Succeeded)
                return false;
        }

        return !_stopping.IsCancellationRequested;
    }

    /// <summary>Writes the pod's status from the current state of its containers. A pod that is gone needs none.</summary>
    private void Publish()
    {
        if (_frozen is not null)
            return;
        try
        {
            List<JsonObject> first = [.. _first.Select(entry => entry.Container.Status())];
            List<JsonObject> statuses = [.. Containers.Select(container => container.Status())];
            _store.UpdateStatus(_pod, FieldOwners.ByKubelet, _context.Time, body =>
            {
                // Inside the change, so that the later of two simultaneous changes sees it.
                if (_isHeldUnready)
                    statuses.ForEach(static status => status["ready"] = false);
                PodStatus.Write(body, first, statuses, _addresses, _context.Time);
            });
        }
        catch (ApiException exception) when (exception.Code == 404)
        {
            Kill();
        }
    }
}
