using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>One pod on its node: address, containers, status, end. It lives from the binding until the pod is gone from the API.</summary>
// Its cancellation sources have no timer, so nothing to dispose; they are cancelled from several sides until the end.
#pragma warning disable CA1001
internal sealed class PodWorker
{
    private readonly StoredObject _pod;
    private readonly KubeletContext _context;
    private readonly ObjectStore _store;
    private readonly (string Host, string Pod) _addresses;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killing = new();
    private volatile TaskCompletionSource? _frozen;
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
        Task NodeIsUp() => _frozen?.Task ?? Task.CompletedTask;
        Containers = [.. body.Items("spec", "containers")
            .Select(spec => new ContainerSupervisor(body, spec, _context, Publish, NodeIsUp))];
    }

    public string Key { get; }
    public string Node => _pod.Body.Text("spec", "nodeName")!;
    public string Address => _addresses.Pod;
    public IReadOnlyList<ContainerSupervisor> Containers { get; }

    /// <summary>Asks the containers to end, within the seconds the deletion gives.</summary>
    public void Stop(TimeSpan grace)
    {
        if (grace >= _graceGiven)
            return;
        _graceGiven = grace;
        _stopping.Cancel();
        _graceTimer?.Dispose();
        _graceTimer = _context.Time.Alarm(grace, Kill);
    }

    /// <summary>The node is gone: the containers end, and what becomes of the pod is not reported until <see cref="Thaw"/>.</summary>
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

    /// <summary>Kills what runs. False when nothing does.</summary>
    public bool KillContainers() => Containers.Select(container => container.KillInstance()).ToList().Contains(true);

    /// <summary>Ends the containers now.</summary>
    public void Kill()
    {
        Thaw();
        _stopping.Cancel();
        _killing.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            Publish();
            Task Run(ContainerSupervisor container) => container.RunAsync(_addresses.Pod, _stopping.Token, _killing.Token);
            await Task.WhenAll(Containers.Select(Run)).ConfigureAwait(false);
            Publish();
            _graceTimer?.Dispose();
        }
        catch (Exception exception)
        {
            Log.WorkerFailed(_context.Logger, exception, _pod.Namespace, _pod.Name);
            Kill();
        }
    }

    /// <summary>Writes the pod's status as its containers are now. A pod that is gone meanwhile needs none.</summary>
    private void Publish()
    {
        if (_frozen is not null)
            return;
        try
        {
            List<JsonObject> statuses = [.. Containers.Select(container => container.Status())];
            _store.Update(_pod, body => PodStatus.Write(body, statuses, _addresses, _context.Time));
        }
        catch (ApiException exception) when (exception.Code == 404)
        {
            Kill();
        }
    }
}
