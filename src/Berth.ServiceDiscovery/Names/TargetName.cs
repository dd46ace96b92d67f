using System.Diagnostics.CodeAnalysis;
using Berth.Targets;

namespace Berth.ServiceDiscovery.Names;

/// <summary>A host name that states its target: <c>SERVICE.NAMESPACE.berth</c>, or <c>POD.SERVICE.NAMESPACE.berth</c>.</summary>
/// <param name="Target">The Service.</param>
/// <param name="Pod">The one pod, or null for all of them.</param>
internal sealed record TargetName(ServiceTarget Target, string? Pod)
{
    /// <summary>True when a host has the suffix, so that it is Berth's to answer, whether it states a target or not.</summary>
    public static bool HasSuffix(string host, string? suffix) =>
        suffix is not null && host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.Ordinal)
            && host[host.Length - suffix.Length - 1] == '.';

    /// <summary>Reads a host that has the suffix; on failure <paramref name="fault"/> is a sentence that says why.</summary>
    public static bool TryParse(
        string host, string suffix, [NotNullWhen(true)] out TargetName? name, [NotNullWhen(false)] out string? fault)
    {
        name = null;
        fault = null;
        string[] labels = host[..^(suffix.Length + 1)].Split('.');
        if (labels.Length < 2)
        {
            fault = $"'{host}' names no target. Write SERVICE.NAMESPACE.{suffix} or POD.SERVICE.NAMESPACE.{suffix}, as in " +
                $"service-b.k8s-example2.{suffix}.";
            return false;
        }

        string? pod = labels.Length == 2 ? null : string.Join('.', labels[..^2]);
        if (!ServiceTarget.TryParse($"{labels[^1]}/{labels[^2]}", out ServiceTarget target, out fault))
        {
            fault = $"'{host}' names no target. {fault}";
            return false;
        }

        if (pod is not null && Dns1123.FaultOfSubdomain(pod) is { } podFault)
        {
            fault = $"'{host}' names no pod of {target}: '{pod}' {podFault}. Write the pod's name, as in {target.Service}-2.";
            return false;
        }

        name = new TargetName(target, pod);
        return true;
    }
}
