using System.Collections.Immutable;
using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Creates, changes, moves and removes pods, and writes the slices afterwards, one write at a time, as Kubernetes' controllers do. Changes
/// of pods that are not written yet wait in a queue, so that anything can happen in between.
/// </summary>
internal sealed class Controllers(Cluster cluster, Random random, bool withNodes)
{
    private static readonly string[] s_odd = ["web", "service-b-007", "service-b-", "service-b-99999999999", "service-b-70000"];

    private readonly Dictionary<int, ClusterEndpoint> _processes = [];
    private readonly Queue<Action> _writes = new();
    private int _nextId;
    private int _nextSlice;

    public bool HasWrites => _writes.Count > 0;

    public string Write()
    {
        string before = string.Join(' ', cluster.Slices.Values);
        _writes.Dequeue()();
        string after = string.Join(' ', cluster.Slices.Values);
        return before == after ? "nothing to write" : $"slices are {after}";
    }

    /// <summary>The store was set back: the current slices are now the real state.</summary>
    public void Restored()
    {
        _writes.Clear();
        _processes.Clear();
        foreach (ClusterSlice slice in cluster.Slices.Values.OrderBy(static s => s.Version))
        {
            foreach (ClusterEndpoint process in slice.Endpoints)
                _processes[process.Id] = process;
        }
    }

    /// <summary>Changes some pods or slices.</summary>
    public string Act()
    {
        if (withNodes && random.Next(4) == 0)
            return ChangeNode();
        ClusterEndpoint? some = _processes.Count == 0 ? null : _processes.Values.ElementAt(random.Next(_processes.Count));
        if (some is null)
            return Join();
        return random.Next(16) switch
        {
            0 or 1 or 2 or 3 => Join(),
            4 or 5 => Change(some),
            6 => Leave(some),
            7 => Replace(some),
            8 => MoveNode(some),
            9 => Twin(some),
            10 or 11 or 12 => MoveSlices(),
            13 => Relabel(),
            14 => DropSlice(),
            _ => Join(),
        };
    }

    /// <summary>Adds or removes a node, or changes its external addresses: others, none, or one that is not an address.</summary>
    public string ChangeNode()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"node-{random.Next(1, 6)}");
        if (cluster.Nodes.ContainsKey(name) && random.Next(3) == 0)
        {
            _writes.Enqueue(() => cluster.DeleteNode(name));
            return $"{name} is deleted";
        }

        int lot = random.Next(1, 250);
        string ipv4 = string.Create(CultureInfo.InvariantCulture, $"192.0.2.{lot}");
        string ipv6 = string.Create(CultureInfo.InvariantCulture, $"2001:db8::{lot:x}");
        ClusterNode node = new(name, 0, random.Next(6) switch { 0 => [], 1 => [""], 2 => [ipv6], 3 => [ipv6, ipv4], _ => [ipv4] });
        _writes.Enqueue(() => cluster.PutNode(node));
        return $"{node} changes";
    }

    private string Join()
    {
        int set = random.Next(5);
        string name = set switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"lobby-{random.Next(4)}"),
            1 when random.Next(3) == 0 => s_odd[random.Next(s_odd.Length)],
            _ => string.Create(CultureInfo.InvariantCulture, $"service-b-{random.Next(6)}"),
        };
        if (_processes.Values.Any(p => p.Name == name))
            return "no pod joins";
        bool byHand = random.Next(12) == 0;
        return Start(
            new ClusterEndpoint(
                _nextId++, byHand && random.Next(3) == 0 ? null : name, random.Next(1, 6), !byHand, random.Next(4) > 0, true, false));
    }

    private string Start(ClusterEndpoint process)
    {
        _processes.Add(process.Id, process);
        _writes.Enqueue(() => AddTo(SomeSlice(ipv6: false), process.Id));
        if (random.Next(3) == 0)
            _writes.Enqueue(() => AddTo(SomeSlice(ipv6: true), process.Id));
        return $"{process} joins";
    }

    private string Change(ClusterEndpoint process)
    {
        bool terminating = process.Terminating || random.Next(3) == 0;
        bool serving = random.Next(3) > 0;
        ClusterEndpoint next = process with
        {
            Terminating = terminating,
            Serving = serving,
            Ready = serving && !terminating && random.Next(4) > 0,
        };
        _processes[process.Id] = next;
        foreach (bool ipv6 in (bool[])[false, true])
            _writes.Enqueue(() => Edit(process.Id, ipv6, process.Id));
        return $"{next} changes";
    }

    private string Leave(ClusterEndpoint process)
    {
        _processes.Remove(process.Id);
        foreach (bool ipv6 in (bool[])[random.Next(2) == 0, random.Next(2) == 0, false, true])
            _writes.Enqueue(() => Edit(process.Id, ipv6, null));
        return $"{process} leaves";
    }

    /// <summary>A new process with the old name, at the same position in each slice.</summary>
    private string Replace(ClusterEndpoint process)
    {
        if (process.Uid is null)
            return Change(process);
        ClusterEndpoint next = process with
        {
            Id = _nextId++,
            Node = random.Next(2) == 0 ? process.Node : random.Next(1, 6),
            Ready = true,
            Serving = true,
            Terminating = false,
        };
        _processes.Remove(process.Id);
        _processes.Add(next.Id, next);
        foreach (bool ipv6 in (bool[])[false, true])
            _writes.Enqueue(() => Edit(process.Id, ipv6, next.Id));
        return $"{next} replaces {process}";
    }

    private string MoveNode(ClusterEndpoint process)
    {
        string left = Leave(process);
        return $"{left}; {Start(process with { Id = _nextId++, Node = random.Next(1, 6), Terminating = false })} elsewhere";
    }

    /// <summary>After a forced deletion, or with a lost node, the new process joins while the old one still exists.</summary>
    private string Twin(ClusterEndpoint process)
    {
        if (process.Uid is null)
            return Leave(process);
        return Start(
            process with
            {
                Id = _nextId++,
                Node = random.Next(1, 6),
                Terminating = random.Next(3) == 0,
                Ready = random.Next(2) == 0,
            }) + $" beside {process}";
    }

    private string MoveSlices()
    {
        ClusterSlice[] full = [.. cluster.Slices.Values.Where(static s => s.IsOurs && !s.Endpoints.IsEmpty)];
        if (full.Length == 0)
            return "nothing moves";
        ClusterSlice from = full[random.Next(full.Length)];
        ClusterSlice[] others = [.. cluster.Slices.Values.Where(s => s.IsOurs && s.IPv6 == from.IPv6 && s.Name != from.Name)];
        string to = others.Length == 0 || random.Next(4) == 0 ? NewSlice(from.IPv6) : others[random.Next(others.Length)].Name;
        int[] moving = [.. from.Endpoints.Where(_ => random.Next(3) > 0).Select(static e => e.Id)];
        bool removedFirst = random.Next(2) == 0;
        if (removedFirst)
            _writes.Enqueue(() => Without(from.Name, moving));
        _writes.Enqueue(() => AddTo(to, moving));
        if (!removedFirst)
            _writes.Enqueue(() => Without(from.Name, moving));
        return $"{string.Join(',', moving)} move from {from.Name} to {to}, {(removedFirst ? "removed" : "added")} first";
    }

    private string Relabel()
    {
        if (cluster.Slices.IsEmpty)
            return "nothing to relabel";
        string name = cluster.Slices.Values.ElementAt(random.Next(cluster.Slices.Count)).Name;
        _writes.Enqueue(() =>
        {
            if (cluster.Slices.TryGetValue(name, out ClusterSlice? slice))
                cluster.Put(slice with { Service = slice.IsOurs ? "other" : Cluster.Service });
        });
        return $"{name} is relabelled";
    }

    /// <summary>
    /// The slice is deleted. Its pods are written to other slices before or after that, or not at all if they have ended.
    /// </summary>
    private string DropSlice()
    {
        if (cluster.Slices.IsEmpty)
            return "nothing to drop";
        ClusterSlice slice = cluster.Slices.Values.ElementAt(random.Next(cluster.Slices.Count));
        int[] held = [.. slice.Endpoints.Select(static e => e.Id)];
        int order = random.Next(3);
        string to = NewSlice(slice.IPv6);
        if (order == 0)
            _writes.Enqueue(() => AddTo(to, held));
        _writes.Enqueue(() => cluster.Delete(slice.Name));
        if (order == 1)
            _writes.Enqueue(() => AddTo(to, held));
        return $"{slice.Name} is "
            + $"deleted{(order == 0 ? $" after {to} took its pods" : order == 1 ? $" before {to} takes its pods" : " with its pods")}";
    }

    private string SomeSlice(bool ipv6)
    {
        ClusterSlice[] slices = [.. cluster.Slices.Values.Where(s => s.IPv6 == ipv6 && s.IsOurs)];
        return slices.Length == 0 || random.Next(5) == 0 ? NewSlice(ipv6) : slices[random.Next(slices.Length)].Name;
    }

    // A name may be used again. A deleted slice and a new one then differ only in their versions.
    private string NewSlice(bool ipv6) =>
        string.Create(CultureInfo.InvariantCulture, $"service-b-{(ipv6 ? "v6" : "v4")}{_nextSlice++ % 7}");

    private void AddTo(string name, params int[] ids)
    {
        bool ipv6 = name.Contains("v6", StringComparison.Ordinal);
        ClusterSlice slice = cluster.Slices.GetValueOrDefault(name) ?? new ClusterSlice(name, Cluster.Service, ipv6, 0, []);
        HashSet<int> there = [.. slice.Endpoints.Select(static e => e.Id)];
        ClusterEndpoint[] added = [.. ids.Where(id => !there.Contains(id) && _processes.ContainsKey(id)).Select(id => _processes[id])];
        // A slice may contain two endpoints with one name, but rarely: then only their order in the slice differs.
        cluster.Put(slice with { Endpoints = [.. slice.Endpoints, .. added] });
    }

    private void Without(string name, int[] ids)
    {
        if (cluster.Slices.TryGetValue(name, out ClusterSlice? slice))
            cluster.Put(slice with { Endpoints = [.. slice.Endpoints.Where(e => !ids.Contains(e.Id))] });
    }

    private void Edit(int id, bool ipv6, int? next)
    {
        foreach (ClusterSlice slice in cluster.Slices.Values.Where(s => s.IPv6 == ipv6 && s.Endpoints.Any(e => e.Id == id)).ToArray())
        {
            ImmutableArray<ClusterEndpoint> others = [.. slice.Endpoints.Where(e => e.Id != id)];
            cluster.Put(
                slice with
                {
                    Endpoints = next is { } by && _processes.TryGetValue(by, out ClusterEndpoint? process) ? [.. others, process] : others,
                });
        }
    }
}
