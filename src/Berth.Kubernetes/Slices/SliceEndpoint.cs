using System.Net;
using System.Net.Sockets;

namespace Berth.Kubernetes.Slices;

/// <summary>One endpoint of one slice: what a single slice says of a pod. Everything but <see cref="Slice"/> never changes.</summary>
internal sealed class SliceEndpoint
{
    // The address's text, or that and a fault: nearly always neither.
    private readonly object? _odd;

    /// <summary>The pod's name by the rule of names, or null when it has none.</summary>
    public string? PodName { get; init; }

    /// <summary>The pod's UID, where the slice states it.</summary>
    public SliceUid Uid { get; init; }

    /// <summary>The node's name, or null.</summary>
    public string? Node { get; init; }

    /// <summary>The zone, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>conditions.ready; unset counts as true.</summary>
    public bool Ready { get; init; } = true;

    /// <summary>conditions.serving; unset counts as true.</summary>
    public bool Serving { get; init; } = true;

    /// <summary>conditions.terminating; unset counts as false.</summary>
    public bool Terminating { get; init; }

    /// <summary>The address, or null when there is <see cref="Fault"/> or it is not an IP address.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The address as stated, kept only where it stands for something else: an endpoint without a name, or a fault.</summary>
    public string? AddressText
    {
        get => _odd is OddAddress odd ? odd.Text : (string?)_odd;
        init => _odd = Fault is { } fault ? new OddAddress(value, fault) : value;
    }

    /// <summary>Why this endpoint has no address that can be dialled, or null.</summary>
    public EndpointFault? Fault
    {
        get => (_odd as OddAddress)?.Fault;
        init => _odd = value is null ? AddressText : new OddAddress(AddressText, value);
    }

    /// <summary>The slice that states it now. Set by the table when a newer state of the slice says the same.</summary>
    public SliceObject Slice { get; set; } = null!;

    /// <summary>What tells it from other endpoints of the target: the pod's name, else the address.</summary>
    public string Key => PodName ?? AddressText ?? "";

    /// <summary>The family of the address, or unspecified without one.</summary>
    public AddressFamily Family => Address?.AddressFamily ?? AddressFamily.Unspecified;

    /// <summary>True when both say the same of a pod.</summary>
    public bool ContentEquals(SliceEndpoint other) =>
        Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating
        && string.Equals(PodName, other.PodName, StringComparison.Ordinal)
        && Uid == other.Uid
        && string.Equals(Node, other.Node, StringComparison.Ordinal)
        && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
        && string.Equals(AddressText, other.AddressText, StringComparison.Ordinal)
        && Equals(Address, other.Address)
        && Fault == other.Fault;

    private sealed record OddAddress(string? Text, EndpointFault Fault);
}
