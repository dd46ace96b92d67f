using System.Collections.Immutable;
using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>One node in the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">When it was last written.</param>
/// <param name="External">Its external addresses in the order stated; an empty one, as some clouds write it, is none.</param>
internal sealed record ClusterNode(string Name, long Version, ImmutableArray<string> External)
{
    public string ToJson(long? version = null)
    {
        // Its pods are on the host network and have these addresses.
        string number = Name["node-".Length..];
        return Json.Node(
            Name,
            (version ?? Version).ToString(CultureInfo.InvariantCulture),
            [
                ("InternalIP", $"10.77.0.{number}"), ("InternalIP", $"fd00:77::{number}"),
                .. External.Select(static e => ("ExternalIP", e)), ("Hostname", Name),
            ]);
    }

    public override string ToString() => $"{Name}@{Version}({string.Join(' ', External.Select(static e => e.Length == 0 ? "''" : e))})";
}

/// <summary>A change of one node.</summary>
internal sealed record NodeChange(long Version, ClusterNode? Before, ClusterNode? After);
