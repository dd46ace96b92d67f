using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>Finds how many pods the controllers of some pods should have: a budget with a percentage counts from that number.</summary>
internal static class DisruptionScale
{
    /// <summary>Adds up the replicas of all controllers of the pods.</summary>
    /// <param name="store">The objects.</param>
    /// <param name="pods">The pods.</param>
    /// <param name="unmanaged">The pods without a controller, which do not count.</param>
    /// <exception cref="FormatException">The controller of a pod has no number of replicas. The message is a real server's.</exception>
    public static long Of(ObjectStore store, IReadOnlyList<StoredObject> pods, out IReadOnlyList<string> unmanaged)
    {
        Dictionary<string, long> replicas = new(StringComparer.Ordinal);
        List<string> without = [];
        foreach (StoredObject pod in pods)
        {
            if (ControllerOf(pod) is not { } owner)
                without.Add(pod.Name);
            else if (!replicas.ContainsKey(owner.Text("uid")!))
                Add(replicas, store, pod, owner);
        }

        unmanaged = without;
        return replicas.Values.Sum();
    }

    /// <summary>A selector in the form in which Go prints it, as events of a real server do.</summary>
    public static string AsGo(JsonNode? selector)
    {
        IEnumerable<string> labels = selector.Map("matchLabels")
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => $"{pair.Key}: {pair.Value},");
        IEnumerable<string> expressions = selector.Items("matchExpressions").Select(static expression =>
            $"LabelSelectorRequirement{{Key:{expression.Text("key")},Operator:{expression.Text("operator")},"
            + $"Values:[{string.Join(' ', expression.Texts("values"))}],}},");
        return $"&LabelSelector{{MatchLabels:map[string]string{{{string.Concat(labels)}}},"
            + $"MatchExpressions:[]LabelSelectorRequirement{{{string.Concat(expressions)}}},}}";
    }

    private static void Add(Dictionary<string, long> replicas, ObjectStore store, StoredObject pod, JsonObject owner)
    {
        ResourceKind? kind = store.Kinds.ByKind(owner.Text("apiVersion"), owner.Text("kind"));
        if (kind is { HasScale: false })
            throw new FormatException($"{kind.QualifiedName} does not implement the scale subresource");
        StoredObject? found = kind is null ? null : Find(store, kind, pod.Namespace, owner);
        if (found?.Kind == KindTable.ReplicaSet && ControllerOf(found) is { } above && above.Text("kind") == KindTable.Deployment.Kind)
            found = Find(store, KindTable.Deployment, pod.Namespace, above);
        if (found is null)
            throw new FormatException($"found no controllers for pod \"{pod.Name}\"");

        // All ReplicaSets of a Deployment count once.
        replicas[owner.Text("uid")!] = 0;
        replicas[found.Uid] = found.Body.Number("spec", "replicas") ?? 1;
    }

    private static StoredObject? Find(ObjectStore store, ResourceKind kind, string? @namespace, JsonObject owner) =>
        store.Find(kind, @namespace, owner.Text("name") ?? "") is { } item && item.Uid == owner.Text("uid") ? item : null;

    private static JsonObject? ControllerOf(StoredObject item) =>
        item.Body.Items("metadata", "ownerReferences").FirstOrDefault(static owner => owner.Flag("controller"));
}
