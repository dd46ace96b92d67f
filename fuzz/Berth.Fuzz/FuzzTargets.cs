using Berth.Fuzz.Targets;

namespace Berth.Fuzz;

/// <summary>All targets.</summary>
public static class FuzzTargets
{
    /// <summary>By name.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        SliceTargets.List,
        SliceTargets.ListInProtobuf,
        SliceTargets.StatusInProtobuf,
        SliceTargets.Event,
        SliceTargets.EventInProtobuf,
        WatchTarget.Framing,
        WatchTarget.FramingInProtobuf,
        RemoteTarget.Events,
        AccessTargets.Kubeconfig,
        AccessTargets.ExecAnswer,
        AccessTargets.ServiceTarget,
        ManifestTarget.Yaml,
        EchoTarget.Lines,
        SnapshotFileTarget.Decode,
        ClientTargets.Proxy,
        ClientTargets.Forwarded,
        ClientTargets.Tokens,
        ClientTargets.QueryString,
        ClientTargets.Preference,
        SeatTargets.Ticket,
        SeatTargets.Keys,
        SeatTargets.Request,
        SeatTargets.Answer,
        SeatClientTargets.Request,
        SeatClientTargets.Allocation,
    ];

    /// <summary>The target of a name, or null.</summary>
    public static FuzzTarget? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
