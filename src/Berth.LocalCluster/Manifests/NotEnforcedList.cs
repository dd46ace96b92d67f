using System.Text.Json.Nodes;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Microsoft.Extensions.Logging;

namespace Berth.LocalCluster.Manifests;

/// <summary>What manifests ask for that a process of this machine does not give. It is stored as asked, and said once.</summary>
internal sealed class NotEnforcedList(ILogger logger)
{
    private static readonly string[] PodFields = ["securityContext", "affinity", "topologySpreadConstraints", "priorityClassName", "runtimeClassName", "initContainers", "volumes"];
    private static readonly string[] ContainerFields = ["resources", "securityContext", "volumeMounts", "envFrom", "lifecycle"];

    private readonly Lock gate = new();
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    public void Look(ResourceKind kind, JsonObject body)
    {
        JsonNode? spec = kind == KindTable.Pod ? body["spec"] : body.At("spec", "template", "spec");
        foreach (string field in PodFields.Where(field => spec.At(field) is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } or JsonValue))
            Add(kind, body, $"spec.{field}");
        foreach (JsonObject container in spec.Items("containers"))
        {
            foreach (string field in ContainerFields.Where(field => container[field] is JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
                Add(kind, body, $"containers.{field}");
        }
    }

    /// <summary>Adds what is asked for and not given, of one object.</summary>
    public void Add(ResourceKind kind, JsonObject body, string field)
    {
        string name = $"{body.Text("metadata", "namespace")}/{body.Text("metadata", "name")}";
        string line = $"{kind.Kind} {name}: {field}";
        lock (gate)
        {
            if (lines.Contains(line, StringComparer.Ordinal))
                return;
            lines.Add(line);
        }

        Log.NotEnforced(logger, field, kind.Kind, name);
    }
}
