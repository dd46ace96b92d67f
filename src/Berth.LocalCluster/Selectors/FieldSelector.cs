using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Selectors;

/// <summary>A field selector, with the fields that a real server supports, and only with = and !=.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<ResourceKind, string[]> s_fields = new()
    {
        [KindTable.Pod] =
        [
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        [KindTable.Node] = ["spec.unschedulable"],
        [KindTable.Namespace] = ["status.phase"],
        [KindTable.ReplicaSet] = ["status.replicas"],
        [KindTable.Service] = ["spec.clusterIP", "spec.type"],
        [KindTable.Event] =
        [
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
    };

    private const string Unknown = "is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";

    private readonly List<(string[] Path, string Value, bool Equal)> _terms = [];

    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        FieldSelector result = new();
        foreach (string term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw ApiException.BadRequest($"invalid selector: '{term}'; can't understand '{term}'");
            bool equal = term[at - 1] != '!';
            string field = term[..(equal ? at : at - 1)];
            string value = term[(at + (term.AsSpan(at).StartsWith("==") ? 2 : 1))..];
            if (!IsKnown(field, kind))
            {
                bool worded = s_fields.ContainsKey(kind) && kind.Group.Length == 0;
                throw ApiException.BadRequest(worded ? $"field label not supported: {field}" : $"\"{field}\" {Unknown}");
            }

            result._terms.Add((field.Split('.'), value, equal));
        }

        return result;
    }

    private static bool IsKnown(string field, ResourceKind kind) =>
        field is "metadata.name" or "metadata.namespace"
        || s_fields.GetValueOrDefault(kind, []).Contains(field, StringComparer.Ordinal);

    /// <summary>True when every object matches.</summary>
    public bool IsEmpty => _terms.Count == 0;

    public bool Matches(JsonObject body) => _terms.TrueForAll(term => (body.At(term.Path).Plain() == term.Value) == term.Equal);
}
