using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Berth.LocalCluster;
using Berth.Testing.Ports;
using Cluster = Berth.LocalCluster.LocalCluster;

namespace Berth.Testing;

/// <summary>A StatefulSet of a <see cref="TestCluster"/>: its pods, their ports, and what happens to them.</summary>
public sealed class TestStatefulSet
{
    private readonly Cluster _cluster;
    private readonly bool _ownsPorts;

    internal TestStatefulSet(Cluster cluster, string @namespace, string name, int basePort, bool ownsPorts)
    {
        _cluster = cluster;
        Namespace = @namespace;
        Name = name;
        BasePort = basePort;
        _ownsPorts = ownsPorts;
    }

    /// <summary>The namespace.</summary>
    public string Namespace { get; }

    /// <summary>The name of the StatefulSet.</summary>
    public string Name { get; }

    /// <summary>The port of ordinal 0. The pod with ordinal 2 has this port plus 2.</summary>
    public int BasePort { get; }

    /// <summary>The pods that are on a node now, by ordinal.</summary>
    public IReadOnlyList<TestPod> Pods =>
        [.. _cluster.Pods.Select(Find).OfType<TestPod>().OrderBy(static pod => pod.Ordinal)];

    /// <summary>Reads the current state of the pod with an ordinal.</summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <exception cref="LocalClusterException">It is not there.</exception>
    public TestPod this[int ordinal] => Pods.FirstOrDefault(pod => pod.Ordinal == ordinal)
        ?? throw new LocalClusterException($"There is no pod {NameOf(ordinal)} in {Namespace} at the moment. {Describe()}");

    /// <summary>Sets the number of pods, and waits until exactly these exist and are ready, also in the EndpointSlices.</summary>
    /// <param name="replicas">The number, 0 or more.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="LocalClusterException">The number is out of range, or the set is gone.</exception>
    public Task ScaleAsync(int replicas, CancellationToken cancellationToken = default)
    {
        CheckReplicas(replicas);
        _cluster.Scale("StatefulSet", Namespace, Name, replicas);
        return WaitUntilReadyAsync(replicas, cancellationToken);
    }

    /// <summary>Deletes a pod at once, and waits until its successor, with another UID, is ready, also in the EndpointSlices.</summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The new pod.</returns>
    /// <exception cref="LocalClusterException">The pod is not there.</exception>
    public Task<TestPod> ReplaceAsync(int ordinal, CancellationToken cancellationToken = default)
    {
        TestPod before = this[ordinal];
        _cluster.Delete("Pod", Namespace, before.Name, gracePeriodSeconds: 0);
        return WaitForAsync(ordinal, pod => pod.Uid != before.Uid && pod is { IsReady: true, IsTerminating: false }, cancellationToken);
    }

    /// <summary>
    /// Kills the container of a pod, as a crash does, and waits until it runs again: after 0.1 s at first, then with the growing waits of
    /// Kubernetes. In between the pod is not ready. The UID stays. The test's own listener is the test's to close.
    /// </summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The pod after its restart.</returns>
    /// <exception cref="LocalClusterException">The pod does not exist, or no container of it runs.</exception>
    public Task<TestPod> KillAsync(int ordinal, CancellationToken cancellationToken = default)
    {
        TestPod before = this[ordinal];
        _cluster.Faults.KillPod(Namespace, before.Name);
        return WaitForAsync(
            ordinal, pod => pod.Uid != before.Uid || (pod.Restarts > before.Restarts && pod.IsReady == before.IsReady), cancellationToken);
    }

    /// <summary>Makes a pod not ready, or ready again, also in the EndpointSlices. A successor of the pod starts ready.</summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <param name="ready">False: not ready.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The pod.</returns>
    /// <exception cref="LocalClusterException">The pod is not there.</exception>
    public Task<TestPod> SetReadyAsync(int ordinal, bool ready, CancellationToken cancellationToken = default)
    {
        _cluster.Faults.SetPodReady(Namespace, this[ordinal].Name, ready);
        return WaitForAsync(ordinal, pod => pod.IsReady == ready, cancellationToken);
    }

    /// <summary>Waits until a pod fulfils a condition, and until the EndpointSlices show the pods as they are then.</summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <param name="condition">Called with the pod, now and after each change, while it is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The pod that fulfilled it.</returns>
    public async Task<TestPod> WaitForAsync(int ordinal, Func<TestPod, bool> condition, CancellationToken cancellationToken = default)
    {
        TestPod? found = null;
        await _cluster.WaitForPodsAsync(
            pods =>
            {
                found = pods.Select(Find).FirstOrDefault(pod => pod?.Ordinal == ordinal);
                return found is not null && condition(found);
            },
            cancellationToken).ConfigureAwait(false);
        await _cluster.WaitForSlicesAsync(Namespace, ServiceName, cancellationToken).ConfigureAwait(false);
        return found!;
    }

    /// <summary>Formats the set as <c>k8s-example2/lobby</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";

    internal void CheckReplicas(int replicas)
    {
        if (replicas < 0)
            throw new LocalClusterException($"The number of pods is {replicas}. Give 0 or more.");
        if (_ownsPorts && replicas > PortBlock.Count)
            throw new LocalClusterException($"{replicas} pods need as many ports, and {this} has {PortBlock.Count}. Give a base port.");
        if (BasePort + replicas - 1 > 65535)
            throw new LocalClusterException($"{replicas} pods from port {BasePort} on need ports above 65535. Give a lower base port.");
    }

    /// <summary>The slices follow the pods a moment later. A client that lists them after this call finds all of them.</summary>
    internal async Task WaitUntilReadyAsync(int replicas, CancellationToken cancellationToken)
    {
        await _cluster.WaitForPodsAsync(
            pods =>
            {
                TestPod[] own = [.. pods.Select(Find).OfType<TestPod>()];
                return own.Length == replicas && own.All(static pod => pod is { IsReady: true, IsTerminating: false });
            },
            cancellationToken).ConfigureAwait(false);
        await _cluster.WaitForSlicesAsync(Namespace, ServiceName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The Service of the set. Only a set from manifests may have one of another name.</summary>
    private string ServiceName =>
        _cluster.Get("StatefulSet", Namespace, Name) is { } set
            && JsonNode.Parse(set)!["spec"]?["serviceName"] is JsonValue service && service.TryGetValue(out string? name)
            ? name
            : Name;

    /// <summary>Returns the pod as one of this set, or null: it is another's, or on no node yet.</summary>
    private TestPod? Find(PodSummary pod) =>
        pod.Namespace == Namespace
        && pod.Name.StartsWith(Name + "-", StringComparison.Ordinal)
        && int.TryParse(pod.Name.AsSpan(Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
        && pod is { Node: { } node, PodIP: { } address }
            ? new TestPod(
                pod.Name, ordinal, pod.Uid, node, new IPEndPoint(IPAddress.Parse(address), BasePort + ordinal), pod.Ready, pod.Terminating,
                pod.Restarts)
            : null;

    private string NameOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{ordinal}");

    private string Describe() =>
        Pods is { Count: > 0 } pods ? $"There are {string.Join(", ", pods.Select(static pod => pod.Name))}." : "It has no pods.";
}
