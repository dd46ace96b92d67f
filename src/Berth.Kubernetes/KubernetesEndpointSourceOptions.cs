using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Nodes;
using Berth.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes;

/// <summary>The options of a <see cref="KubernetesEndpointSource"/>. Every value has a default.</summary>
public sealed class KubernetesEndpointSourceOptions
{
    private static readonly ExternalAddressSource[] s_externalIP = [ExternalAddressSource.ExternalIP];

    /// <summary>The kind of address of a pod. Default: <see cref="AddressMode.Internal"/>, which does not need to read nodes.</summary>
    public AddressMode AddressMode { get; init; } = AddressMode.Internal;

    /// <summary>The IP families of a pod's addresses, and their order. Default: <see cref="AddressFamilies.IPv4ThenIPv6"/>.</summary>
    public AddressFamilies AddressFamilies { get; init; } = AddressFamilies.IPv4ThenIPv6;

    /// <summary>
    /// The sources of external addresses and host names, the preferred first; for <see cref="AddressMode.External"/> and
    /// <see cref="AddressMode.ExternalOrInternal"/>. The first source that has addresses of a wanted family gives them, and the first that
    /// has a host name gives the name. At least one, each once, and at most one map file. Default: the ExternalIP of the node.
    /// </summary>
    public IReadOnlyList<ExternalAddressSource> ExternalFrom { get; init; } = s_externalIP;

    /// <summary>
    /// The template of host names, such as <c>{pod}.{namespace}.play.example.com</c>, for every kind of address. It may name <c>{pod}</c>,
    /// <c>{namespace}</c>, <c>{ordinal}</c>, <c>{node}</c> and <c>{zone}</c>, and comes before every name of
    /// <see cref="ExternalFrom"/>. Default: null, for none.
    /// </summary>
    public string? HostTemplate { get; init; }

    /// <summary>
    /// The name of the StatefulSet whose pods a target has, or null to find it, because a Service's slices contain every pod that its
    /// selector matches. Default: null for every target. The set with the Service's own name is then followed; otherwise the first by name
    /// of the sets with at least two thirds as many pods as the largest. Pods of other sets are left out, with <see
    /// cref="LeftOutReason.OtherSet"/>. Under a scheme of fixed ports pods of any name are followed.
    /// </summary>
    public Func<ServiceTarget, string?> StatefulSetName { get; init; } = static _ => null;

    /// <summary>
    /// The name of the cluster, where several are followed (<see cref="ClusterEndpointSource"/>): each endpoint tells it. Default: null,
    /// for no name. A label as in Kubernetes (RFC 1123).
    /// </summary>
    public string? Cluster { get; init; }

    /// <summary>
    /// True to ask the API server to stream lists (KEP-3157, on by default from Kubernetes 1.34). Default: false; pages of 500 work with
    /// every version and cost little for one Service. A server that refuses is asked only once.
    /// </summary>
    public bool StreamingLists { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter, used only while a target is opened. Default: null, for one shared by the process.</summary>
    public Random? Random { get; init; }

    /// <summary>Creates the logger <c>Berth.Kubernetes</c>, which reports changes of state. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// The meter of <c>berth.api.requests</c> and <c>berth.watch.restarts</c>. Default: null, which creates a meter named
    /// <c>Berth.Kubernetes</c>.
    /// </summary>
    public Meter? Meter { get; init; }

    internal ILogger Logger => LoggerFactory.CreateSafeLogger("Berth.Kubernetes");

    internal AddressRules Rules => new(
        AddressMode, AddressFamilies, ExternalFrom, HostTemplate is null ? null : Pods.HostTemplate.TryParse(HostTemplate, out _));

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckDefined(AddressMode, nameof(AddressMode));
        faults.CheckDefined(AddressFamilies, nameof(AddressFamilies));
        faults.CheckGiven(ExternalFrom, nameof(ExternalFrom));
        if (ExternalFrom is not null)
            FindSourceFaults(faults);
        if (HostTemplate is not null && Pods.HostTemplate.TryParse(HostTemplate, out string? fault) is null)
            faults.Check(false, fault!);
        if (Cluster is not null && ClusterEndpointSource.FindFaults([Cluster]) is [{ } wrong])
            faults.Check(false, wrong);
        faults.CheckGiven(StatefulSetName, nameof(StatefulSetName));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }

    private void FindSourceFaults(OptionFaults faults)
    {
        if (ExternalFrom.Contains(null!))
        {
            faults.Check(false, $"{nameof(ExternalFrom)} has a null. Leave it out.");
            return;
        }

        string all = string.Join(", ", ExternalFrom);
        faults.Check(ExternalFrom.Count > 0, "There is no source of external addresses. Give one, such as external-ip.");
        faults.Check(
            ExternalFrom.Distinct().Count() == ExternalFrom.Count,
            $"A source of external addresses is given twice among {all}. Give each once.");
        ExternalAddressSource[] maps = [.. ExternalFrom.Where(static source => source.Kind == ExternalAddressKind.Map)];
        faults.Check(maps.Length < 2, $"Two address maps are given among {all}. Put their lines into one file.");
        faults.Check(
            AddressMode != AddressMode.Internal || ExternalFrom.SequenceEqual(s_externalIP),
            $"There are sources of external addresses ({all}), and internal addresses are asked for. Ask for external or "
                + "external-or-internal addresses, or leave the sources out.");
        faults.Check(
            AddressMode != AddressMode.External || ExternalFrom.Count == 0
                || ExternalFrom.Any(static source => source.Kind != ExternalAddressKind.ExternalDns),
            "external-dns gives names and no address, so every pod would be left out. Add a source of addresses, such as external-ip.");
        foreach (ExternalAddressSource map in maps)
        {
            if (AddressMapFile.FindFault(map.Argument) is { } fault)
                faults.Check(false, fault);
        }
    }
}
