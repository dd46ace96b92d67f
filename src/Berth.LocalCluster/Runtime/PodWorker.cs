using System.Text.Json.Nodes;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>One pod on its node: address, containers, status, end. It lives from the binding until the pod is gone from the API.</summary>
#pragma warning disable CA1001 // Its cancellation sources have no timer, so nothing to dispose; they are cancelled from several sides until the end.
internal sealed class PodWorker
{
    private readonly StoredObject pod;
    private readonly KubeletContext context;
    private readonly ObjectStore store;
    private readonly (string Host, string Pod) addresses;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource killing = new();
    private readonly IReadOnlyList<ContainerSupervisor> containers;
    private volatile TaskCompletionSource? frozen;
    private TimeSpan graceGiven = TimeSpan.MaxValue;
    private ITimer? graceTimer;

    public PodWorker(StoredObject pod, KubeletContext context, ObjectStore store, (string Host, string Pod) addresses)
    {
        this.pod = pod;
        this.context = context;
        this.store = store;
        this.addresses = addresses;
        JsonObject body = pod.Body.Clone();
        body.Child("status")["podIP"] = addresses.Pod;
        body.Child("status")["hostIP"] = addresses.Host;
        JsonWriting.Freeze(body);
        containers = [.. body.Items("spec", "containers").Select(spec => new ContainerSupervisor(body, spec, context, Publish, () => frozen?.Task ?? Task.CompletedTask))];
        Names = [.. body.Items("spec", "containers").Select(spec => spec.Text("name")!)];
    }

    public string Uid => pod.Uid;

    public string Node => pod.Body.Text("spec", "nodeName")!;

    public string Address => addresses.Pod;

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<ContainerSupervisor> Containers => containers;

    /// <summary>Asks the containers to end, within the seconds the deletion gives.</summary>
    public void Stop(TimeSpan grace)
    {
        if (grace >= graceGiven)
            return;
        graceGiven = grace;
        stopping.Cancel();
        graceTimer?.Dispose();
        graceTimer = context.Time.CreateTimer(_ => Kill(), null, grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The node is gone: the containers end, and what becomes of the pod is not reported until <see cref="Thaw"/>.</summary>
    public void Freeze()
    {
        frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        KillContainers();
    }

    public void Thaw()
    {
        TaskCompletionSource? gate = frozen;
        frozen = null;
        gate?.TrySetResult();
    }

    /// <summary>Kills what runs. False when nothing does.</summary>
    public bool KillContainers() => containers.Select(container => container.KillInstance()).ToList().Contains(true);

    /// <summary>Ends the containers now.</summary>
    public void Kill()
    {
        Thaw();
        stopping.Cancel();
        killing.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            Publish();
            await Task.WhenAll(containers.Select(container => container.RunAsync(addresses.Pod, stopping.Token, killing.Token))).ConfigureAwait(false);
            Publish();
            graceTimer?.Dispose();
        }
        catch (Exception fault)
        {
            Log.WorkerFailed(context.Logger, fault, pod.Namespace, pod.Name);
            Kill();
        }
    }

    /// <summary>Writes the pod's status as its containers are now. A pod that is gone meanwhile needs none.</summary>
    private void Publish()
    {
        if (frozen is not null)
            return;
        try
        {
            store.Update(pod, body => PodStatus.Write(body, [.. containers.Select(container => container.Status())], addresses, context.Time));
        }
        catch (ApiException fault) when (fault.Code == 404)
        {
            Kill();
        }
    }
}
