using System.Collections.Immutable;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// Pods, and the controllers that write slices of them as those of Kubernetes 1.36 do: one slice a write, some milliseconds apart, and
/// twenty a second after a burst. What is written comes from the pods that there are at that moment.
/// </summary>
internal sealed class CaseControllers(CaseApi api, TimeProvider time) : CaseWriter(api, time)
{
    private const int MaxPods = 9;

    private Random _random = new(0);

    /// <summary>Does a step. Its writes come later, each at its time.</summary>
    public void Do(CaseStep step)
    {
        _random = new Random(step.Lot);
        CaseEndpoint? some = ByName.Count == 0 ? null : ByName.Values.ElementAt(_random.Next(ByName.Count));
        switch (step.Kind)
        {
            case StepKind.Start: Start(); break;
            case StepKind.Flip when some is not null: Flip(some); break;
            case StepKind.Delete when some is not null: Delete(some); break;
            case StepKind.Force when some is not null: Force(some); break;
            case StepKind.Finish when some is not null: Finish(some); break;
            case StepKind.Deal: Deal(_random.Next(3000, 9000)); break;
            case StepKind.HalfRoll: HalfRoll(); break;
            case StepKind.Move: Move(); break;
            case StepKind.DropSlice: DropSlice(); break;
            case StepKind.ReplaceService: ReplaceService(); break;
            case StepKind.Relabel: Relabel(); break;
            case StepKind.Selector: Selector(); break;
            case StepKind.Orphan: Orphan(); break;
            case StepKind.Peer: Peer(); break;
            case StepKind.Stranger: Stranger(); break;
            default: break;
        }
    }

    /// <summary>A long time after the last step, every pod that is still there is in a slice again.</summary>
    public void Settle()
    {
        IsFollowing = true;
        foreach (CaseSlice slice in Api.Slices.Values.Where(static s => s.Manager != CaseManager.Controller || !s.IsOurs || !s.HasOwner))
            After(0, () => Api.Write(slice.Name, null));
        After(5, Repair);
    }

    private void Start()
    {
        if (ByName.Count >= MaxPods)
            return;
        IsDual |= _random.Next(6) == 0;
        int ordinal = 0;
        while (ByName.ContainsKey(Name(ordinal)))
            ordinal++;
        CaseEndpoint pod = new(Name(ordinal), NextUid(), _random.Next(1, 5), _random.Next(3) > 0, true, false);
        pod = pod with { Serving = pod.Ready };
        ByName[pod.Name] = pod;
        After(_random.Next(1, 20), () => Refresh(pod.Name));
        if (!pod.Ready)
            After(_random.Next(100, 900), () => Set(pod.Uid, static p => p with { Ready = !p.Terminating, Serving = true }));
    }

    private void Flip(CaseEndpoint pod) =>
        After(_random.Next(1, 20), () => Set(pod.Uid, static p => p with { Ready = !p.Ready && !p.Terminating, Serving = !p.Serving }));

    private void Delete(CaseEndpoint pod)
    {
        bool serves = _random.Next(2) == 0;
        After(_random.Next(1, 20), () => Set(pod.Uid, p => p with { Ready = false, Serving = p.Serving && serves, Terminating = true }));
        After(_random.Next(50, 3000), () => Remove(pod.Uid));
    }

    /// <summary>The object goes at once; the successor may be written in the same pass, before, or on another node.</summary>
    private void Force(CaseEndpoint pod)
    {
        CaseEndpoint next = pod with
        {
            Uid = NextUid(),
            Node = _random.Next(1, 5),
            Ready = _random.Next(2) == 0,
            Serving = true,
            Terminating = false,
        };
        if (_random.Next(2) == 0)
        {
            After(_random.Next(1, 20), () => Remove(pod.Uid));
            After(_random.Next(20, 900), () => Join(next));
            return;
        }

        After(_random.Next(1, 20), () =>
        {
            if (ByName.GetValueOrDefault(pod.Name)?.Uid != pod.Uid)
                return;
            ByName[pod.Name] = next;
            Refresh(pod.Name);
        });
    }

    private void Finish(CaseEndpoint pod)
    {
        // It stays in its slice until something else makes the controller look.
        After(_random.Next(1, 20), () => Set(pod.Uid, static p => p with { Ready = false, Serving = false }));
        After(_random.Next(1000, 4000), () => Remove(pod.Uid));
    }

    /// <summary>Every slice gets the new port and other pods: four at once, and then twenty writes a second.</summary>
    private void Deal(int port)
    {
        if (!IsFollowing)
            return;
        Port = port;
        int delay = 0;
        foreach (bool ipv6 in (bool[])(IsDual ? [false, true] : [false]))
        {
            string[] slices = [.. Own(ipv6).Select(static s => s.Name)];
            if (slices.Length == 0)
                continue;
            string[] names = [.. ByName.Keys.OrderBy(_ => _random.Next())];
            for (int i = 0; i < slices.Length; i++)
            {
                delay += i < 2 ? _random.Next(1, 15) : _random.Next(50, 105);
                int at = i;
                string[] dealt = [.. names.Where((_, n) => n % slices.Length == at)];
                After(delay, () => Put(slices[at], ipv6, dealt, port));
            }
        }

        // Pods that came or moved in the meantime.
        After(delay + 15, Repair);
    }

    private void HalfRoll()
    {
        CaseSlice[] own = [.. Own(false)];
        if (own.Length == 0 || !IsFollowing)
            return;
        CaseSlice slice = own[_random.Next(own.Length)];
        int port = _random.Next(2) == 0 ? 0 : 7777;
        After(5, () =>
        {
            if (Api.Slices.TryGetValue(slice.Name, out CaseSlice? now))
                Api.Write(now.Name, now with { Port = port });
        });
        After(_random.Next(500, 6000), () =>
        {
            if (Api.Slices.TryGetValue(slice.Name, out CaseSlice? now))
                Api.Write(now.Name, now with { Port = Port });
        });
    }

    private void Move()
    {
        bool ipv6 = IsDual && _random.Next(3) == 0;
        CaseSlice[] full = [.. Own(ipv6).Where(static s => !s.Endpoints.IsEmpty)];
        if (full.Length == 0 || !IsFollowing)
            return;
        CaseSlice from = full[_random.Next(full.Length)];
        CaseSlice[] others = [.. Own(ipv6).Where(s => s.Name != from.Name)];
        // A new slice is always written first: the controller creates before it updates.
        bool isNew = others.Length == 0 || _random.Next(4) == 0;
        string to = isNew ? NewSlice(ipv6) : others[_random.Next(others.Length)].Name;
        string[] moving = [.. from.Endpoints.Where(_ => _random.Next(3) > 0).Select(static e => e.Name)];
        bool addedFirst = isNew || _random.Next(2) == 0;
        int first = _random.Next(1, 20);
        int second = first + _random.Next(1, 60);
        After(addedFirst ? first : second, () => Put(to, ipv6, [.. NamesIn(to), .. moving], Port));
        After(addedFirst ? second : first, () => Put(from.Name, ipv6, [.. NamesIn(from.Name).Except(moving)], Port));
        After(second + 20, Repair);
    }

    private void DropSlice()
    {
        CaseSlice[] own = [.. Own(false), .. Own(true)];
        if (own.Length == 0)
            return;
        CaseSlice slice = own[_random.Next(own.Length)];
        After(5, () => Api.Write(slice.Name, null));
        After(5 + _random.Next(300, 1200), Repair);
    }

    private void ReplaceService()
    {
        IsFollowing = true;
        After(5, () =>
        {
            foreach (CaseSlice slice in Api.Slices.Values.Where(static s => s.Manager == CaseManager.Controller))
                Api.Write(slice.Name, null);
        });
        After(5 + _random.Next(420, 530), Repair);
    }

    private void Relabel()
    {
        CaseSlice[] own = [.. Own(false)];
        if (own.Length == 0)
            return;
        string name = own[_random.Next(own.Length)].Name;
        After(5, () => Edit(name, static s => s with { IsOurs = false }));
        After(5 + _random.Next(50, 4000), () => Edit(name, static s => s with { IsOurs = true }));
        After(4100, Repair);
    }

    private void Selector()
    {
        if (!IsFollowing)
        {
            IsFollowing = true;
            After(5, () => Api.Write("service-b-mirrored", null));
            After(30, Repair);
            return;
        }

        IsFollowing = false;
        ImmutableArray<CaseEndpoint> copied = [.. ByName.Values];
        After(30, () => Api.Write(
            "service-b-mirrored", new CaseSlice("service-b-mirrored", false, CaseManager.Mirroring, copied) { Port = Port }));
    }

    private void Orphan()
    {
        bool isBack = Api.Slices.Values.Any(static s => !s.HasOwner);
        IsFollowing = isBack;
        foreach (string name in Api.Slices.Values.Where(static s => s.IsDealt).Select(static s => s.Name))
            After(5, () => Edit(name, s => s with { HasOwner = isBack }));
        if (isBack)
            After(30, Repair);
    }

    private void Peer()
    {
        if (_random.Next(3) == 0)
        {
            After(5, () => Api.Write("peer-1", null));
            return;
        }

        ImmutableArray<CaseEndpoint> copied =
            [.. ByName.Values.Where(_ => _random.Next(2) == 0).Select(static p => p with
            {
                Uid = $"peer-{p.Name}",
                Node = 100 + p.Node,
                Ready = true,
                Serving = true,
                Terminating = false,
            })];
        After(5, () => Api.Write("peer-1", new CaseSlice("peer-1", false, CaseManager.Peer, copied) { Port = 5555 }));
    }

    private void Stranger()
    {
        string name = _random.Next(3) switch { 0 => "other-5", 1 => "service-b-6d4cf56db6-24678", _ => "aaa-0" };
        if (!ByName.Remove(name))
            ByName[name] = new CaseEndpoint(name, NextUid(), _random.Next(1, 5), true, true, false);
        After(5, () => Refresh(name));
    }
}
