using System.Globalization;

namespace Berth.Kubernetes.Cases;

/// <summary>The pods, and what writes slices of them: each write has its time.</summary>
internal abstract class CaseWriter(CaseApi api, TimeProvider time)
{
    private const int SliceLength = 3;

    private readonly PriorityQueue<Action, (DateTimeOffset, int)> _due = new();
    private int _next;
    private int _slices;

    /// <summary>The time of the next write, or null.</summary>
    public DateTimeOffset? NextWrite => _due.TryPeek(out _, out (DateTimeOffset At, int) due) ? due.At : null;

    /// <summary>The pods that there are.</summary>
    public IReadOnlyCollection<CaseEndpoint> Pods => ByName.Values;

    /// <summary>The pods that there are, by name.</summary>
    protected Dictionary<string, CaseEndpoint> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>The API that slices are written to.</summary>
    protected CaseApi Api => api;

    /// <summary>True while the controller follows the Service's selector.</summary>
    protected bool IsFollowing { get; set; } = true;

    /// <summary>True once the Service has both families.</summary>
    protected bool IsDual { get; set; }

    /// <summary>The Service's port.</summary>
    protected int Port { get; set; } = 3456;

    /// <summary>Writes what is due.</summary>
    public void WriteNext() => _due.Dequeue()();

    /// <summary>The controller compares the slices with the pods, and writes each difference.</summary>
    protected void Repair()
    {
        if (!IsFollowing)
            return;
        foreach (bool ipv6 in (bool[])(IsDual ? [false, true] : [false]))
        {
            foreach (CaseSlice slice in Own(ipv6).ToArray())
                Put(slice.Name, ipv6, [.. slice.Endpoints.Select(static e => e.Name)], Port);
            HashSet<string> there = [.. Own(ipv6).SelectMany(static s => s.Endpoints).Select(static e => e.Name)];
            foreach (string[] missing in ByName.Keys.Where(name => !there.Contains(name)).Chunk(SliceLength))
                Put(NewSlice(ipv6), ipv6, missing, Port);
        }
    }

    /// <summary>Writes a pod into its slice, or into one with room.</summary>
    protected void Refresh(string name)
    {
        if (!IsFollowing)
            return;
        foreach (bool ipv6 in (bool[])(IsDual ? [false, true] : [false]))
        {
            CaseSlice? slice = Own(ipv6).FirstOrDefault(s => s.Endpoints.Any(e => e.Name == name))
                ?? (ByName.ContainsKey(name) ? Own(ipv6).FirstOrDefault(static s => s.Endpoints.Length < SliceLength) : null);
            if (slice is not null)
                Put(slice.Name, ipv6, [.. slice.Endpoints.Select(static e => e.Name).Where(n => n != name), name], slice.Port);
            else if (ByName.ContainsKey(name))
                Put(NewSlice(ipv6), ipv6, [name], Port);
        }
    }

    /// <summary>Writes a slice with the current state of the named pods. A pod that is already in another slice stays there.</summary>
    protected void Put(string name, bool ipv6, string[] pods, int port)
    {
        if (!IsFollowing)
            return;
        CaseSlice before = Api.Slices.GetValueOrDefault(name) ?? new CaseSlice(name, ipv6, CaseManager.Controller, []);
        CaseSlice after = before with
        {
            Port = port,
            Endpoints = [.. pods.Distinct().Where(ByName.ContainsKey).Select(pod => ByName[pod])],
        };
        if (before.Port != after.Port || !before.Endpoints.SequenceEqual(after.Endpoints))
            Api.Write(name, after);
    }

    protected void Join(CaseEndpoint pod)
    {
        if (ByName.TryAdd(pod.Name, pod))
            Refresh(pod.Name);
    }

    protected void Set(string uid, Func<CaseEndpoint, CaseEndpoint> change)
    {
        if (ByName.Values.FirstOrDefault(p => p.Uid == uid) is not { } pod)
            return;
        ByName[pod.Name] = change(pod);
        Refresh(pod.Name);
    }

    protected void Remove(string uid)
    {
        if (ByName.Values.FirstOrDefault(p => p.Uid == uid) is not { } pod)
            return;
        ByName.Remove(pod.Name);
        Refresh(pod.Name);
    }

    protected void Edit(string name, Func<CaseSlice, CaseSlice> change)
    {
        if (Api.Slices.TryGetValue(name, out CaseSlice? slice))
            Api.Write(name, change(slice));
    }

    protected IEnumerable<CaseSlice> Own(bool ipv6) => Api.Slices.Values.Where(s => s.IsDealt && s.IsOurs && s.IPv6 == ipv6);

    protected string[] NamesIn(string slice) =>
        [.. (Api.Slices.GetValueOrDefault(slice)?.Endpoints ?? []).Select(static e => e.Name)];

    protected void After(int milliseconds, Action write) =>
        _due.Enqueue(write, (time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds), _next++));

    protected string NextUid() => string.Create(CultureInfo.InvariantCulture, $"{_next++}");

    protected string NewSlice(bool ipv6) => string.Create(CultureInfo.InvariantCulture, $"service-b-{(ipv6 ? "v6" : "v4")}-{_slices++}");

    protected static string Name(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}");
}
