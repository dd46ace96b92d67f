using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Manifests;

/// <summary>The fields of manifests that a process of this machine does not get. They are stored as written, and named once.</summary>
internal sealed class NotEnforcedList(ILogger logger)
{
    private static readonly string[] s_podFields =
    [
        "securityContext",
        "affinity",
        "topologySpreadConstraints",
        "priorityClassName",
        "runtimeClassName",
        "volumes",
    ];

    private static readonly string[] s_containerFields = ["resources", "securityContext", "volumeMounts", "envFrom"];

    private readonly Lock _gate = new();

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public void Look(ResourceKind kind, JsonObject body)
    {
        // Nothing here evicts by a budget: a drain deletes.
        if (kind == KindTable.PodDisruptionBudget)
            Add(kind, body, "spec");
        JsonNode? spec = kind == KindTable.Pod ? body["spec"] : body.At("spec", "template", "spec");
        foreach (string field in s_podFields.Where(field => IsGiven(spec.At(field)) || spec.At(field) is JsonValue))
            Add(kind, body, $"spec.{field}");
        foreach (JsonObject container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            foreach (string field in s_containerFields.Where(field => IsGiven(container[field])))
                Add(kind, body, $"containers.{field}");
            IEnumerable<string> sources = container.Items("env").SelectMany(variable => variable.Map("valueFrom")).Select(pair => pair.Key);
            foreach (string source in sources.Where(source => source is not ("fieldRef" or "resourceFieldRef")))
                Add(kind, body, $"containers.env.valueFrom.{source}");
            if (container.Text("workingDir") is { Length: > 0 } folder && !Directory.Exists(folder))
                Add(kind, body, $"containers.workingDir ({folder} is not on this machine)");
        }
    }

    /// <summary>Adds what is asked for and not given, of one object.</summary>
    public void Add(ResourceKind kind, JsonObject body, string field)
    {
        string name = $"{body.Text("metadata", "namespace")}/{body.Text("metadata", "name")}";
        string line = $"{kind.Kind} {name}: {field}";
        lock (_gate)
        {
            if (Lines.Contains(line, StringComparer.Ordinal))
                return;
            Lines = [.. Lines, line];
        }

        Log.NotEnforced(logger, field, kind.Kind, name);
    }

    private static bool IsGiven(JsonNode? value) => value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 };
}
