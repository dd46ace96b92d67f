using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Manifests;

/// <summary>
/// The fields of manifests that have no effect for a process of this machine. They are stored as written, and each is reported once.
/// </summary>
internal sealed class NotEnforcedList(ILogger logger)
{
    private static readonly string[] s_podFields =
    [
        "securityContext",
        "affinity",
        "topologySpreadConstraints",
        "priorityClassName",
        "runtimeClassName",
    ];

    private static readonly string[] s_containerFields = ["resources", "securityContext"];

    /// <summary>The volumes that pods of processes support. For any other volume a pod gets an empty folder.</summary>
    private static readonly string[] s_volumes =
        ["name", "configMap", "secret", "emptyDir", "downwardAPI", "projected", "hostPath", "persistentVolumeClaim"];

    private readonly Lock _gate = new();

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public void Look(ResourceKind kind, JsonObject body)
    {
        // A NetworkPolicy, for example, has no effect.
        if (kind.StoredAnd is { } fate)
            Add(kind, body, $"{kind.Kind} ({fate})");
        JsonNode? spec = kind == KindTable.Pod ? body["spec"] : body.At("spec", "template", "spec");
        foreach (string field in s_podFields.Where(field => IsGiven(spec.At(field)) || spec.At(field) is JsonValue))
            Add(kind, body, $"spec.{field}");
        IEnumerable<string> volumes = spec.Items("volumes").SelectMany(static volume => volume).Select(static field => field.Key);
        foreach (string volume in volumes.Where(static volume => !s_volumes.Contains(volume, StringComparer.Ordinal)))
            Add(kind, body, $"spec.volumes.{volume} (an empty folder)");
        foreach (JsonObject container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            foreach (string field in s_containerFields.Where(field => IsGiven(container[field])))
                Add(kind, body, $"containers.{field}");
            if (container.Text("workingDir") is { Length: > 0 } folder && !Directory.Exists(folder))
                Add(kind, body, $"containers.workingDir ({folder} is not on this machine)");
        }
    }

    /// <summary>Adds the fields of one object that have no effect.</summary>
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
