using System.Diagnostics.CodeAnalysis;
using Berth.Targets;

namespace Berth.Grpc.Addresses;

/// <summary>The address of a channel: all pods of a target, or one pod.</summary>
/// <param name="Target">The target.</param>
/// <param name="Pod">The name of the one pod, or null for all pods.</param>
internal sealed record ChannelAddress(ServiceTarget Target, string? Pod)
{
    public const string Scheme = "berth";

    private const string Form = "Write berth:///SERVICE.NAMESPACE, or berth:///POD.SERVICE.NAMESPACE for one pod.";

    /// <summary>The name in the address, which calls carry as their authority.</summary>
    public string Name { get; } = (Pod is null ? "" : Pod + ".") + Target.Service + "." + Target.Namespace;

    /// <summary>Parses <c>berth:///service-b.k8s-example2</c> or <c>berth:///service-b-2.service-b.k8s-example2</c>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="parsed">The parsed address.</param>
    /// <param name="fault">On failure, a sentence that says why.</param>
    public static bool TryParse(Uri address, [NotNullWhen(true)] out ChannelAddress? parsed, [NotNullWhen(false)] out string? fault)
    {
        parsed = null;
        fault = FaultOf(address);
        if (fault is not null)
            return false;
        string[] labels = address.AbsolutePath.TrimStart('/').Split('.');
        if (labels.Length is not (2 or 3))
        {
            fault = $"The address '{address.OriginalString}' has {labels.Length} names. {Form}";
            return false;
        }

        if (!ServiceTarget.TryParse($"{labels[^1]}/{labels[^2]}", out ServiceTarget target, out string? targetFault))
        {
            fault = $"The address '{address.OriginalString}' names no Service. {targetFault}";
            return false;
        }

        string? pod = labels.Length == 3 ? labels[0] : null;
        if (pod is not null && Dns1123.FaultOfLabel(pod) is { } podFault)
        {
            fault = $"The pod's name '{pod}' in the address '{address.OriginalString}' {podFault}.";
            return false;
        }

        parsed = new ChannelAddress(target, pod);
        return true;
    }

    private static string? FaultOf(Uri address)
    {
        if (address.Host.Length > 0)
            return $"The address '{address.OriginalString}' has two slashes before its name, and needs three. {Form}";
        // The library sends the query with every call, as part of the method's path, and other servers do not know such a method.
        return address.Query.Length > 0 || address.Fragment.Length > 0
            ? $"The address '{address.OriginalString}' has a query or a fragment. Give ports in BerthGrpcOptions. {Form}"
            : null;
    }
}
