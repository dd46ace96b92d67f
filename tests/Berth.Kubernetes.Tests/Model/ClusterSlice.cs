using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Berth.Kubernetes.Model;

/// <summary>One slice in the cluster.</summary>
internal sealed record ClusterSlice(string Name, string Service, bool IPv6, long Version, ImmutableArray<ClusterEndpoint> Endpoints)
{
    public bool IsOurs => Service == Cluster.Service;

    /// <summary>The slice as the API writes it; a stale body has another version.</summary>
    public string ToJson(long? version = null)
    {
        StringBuilder json = new();
        json.Append(
            CultureInfo.InvariantCulture,
            $$$"""{"metadata":{"name":"{{{Name}}}","namespace":"k8s-example2","resourceVersion":"{{{version ?? Version}}}","labels":{"kubernetes.io/service-name":"{{{Service}}}"}},"addressType":"{{{(IPv6 ? "IPv6" : "IPv4")}}}","endpoints":""");
        if (Endpoints.IsEmpty)
            return json.Append("null,\"ports\":null}").ToString();
        return json.Append('[')
            .AppendJoin(',', Endpoints.Select(e => e.ToJson(IPv6)))
            .Append("],\"ports\":[{\"name\":\"\",\"protocol\":\"TCP\",\"port\":3456}]}")
            .ToString();
    }

    public override string ToString() => $"{Name}@{Version}{(IsOurs ? "" : $" of {Service}")}[{string.Join(' ', Endpoints)}]";
}

/// <summary>A change of one slice.</summary>
internal sealed record ClusterChange(long Version, ClusterSlice? Before, ClusterSlice? After)
{
    /// <summary>True when a watch of our Service gets this change.</summary>
    public bool IsOurs => Before?.IsOurs == true || After?.IsOurs == true;
}
