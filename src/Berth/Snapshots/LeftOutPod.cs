namespace Berth;

/// <summary>A pod that the source knows and that cannot be dialled, with the reason. It is reported, never replaced by a guess.</summary>
/// <param name="Name">The pod's name. If the source states none, it is an address.</param>
/// <param name="Reason">The reason why it cannot be dialled.</param>
/// <param name="Detail">The reason for people, with its values: a clause without a full stop.</param>
public sealed record LeftOutPod(string Name, LeftOutReason Reason, string Detail)
{
    /// <summary>The cluster that the pod is in, or null when only one cluster is followed.</summary>
    public string? Cluster { get; init; }
}
