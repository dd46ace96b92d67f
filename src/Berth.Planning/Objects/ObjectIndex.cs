namespace Berth.Planning.Objects;

/// <summary>The objects of the input, indexed for the rules.</summary>
internal sealed class ObjectIndex
{
    private readonly Dictionary<string, PlanObject> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanObject> _configMaps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanObject> _namespaces = new(StringComparer.Ordinal);

    public ObjectIndex(IReadOnlyList<PlanObject> objects, bool isWholeCluster)
    {
        All = objects;
        IsWholeCluster = isWholeCluster;
        foreach (PlanObject each in objects)
        {
            switch (each.Kind)
            {
                case "Service" when each.Group.Length == 0:
                    _services[each.Path] = each;
                    break;
                case "ConfigMap":
                    _configMaps[each.Path] = each;
                    break;
                case "Namespace":
                    _namespaces[each.Name] = each;
                    break;
            }
        }

        Nodes = [.. objects.Where(static each => each.Kind == "Node" && each.ApiVersion == "v1")];
        ServicesByNamespace = _services.Values.ToLookup(static service => service.Namespace, StringComparer.Ordinal);
    }

    public IReadOnlyList<PlanObject> All { get; }

    /// <summary>True when all objects of a cluster were read, so that a missing object does not exist.</summary>
    public bool IsWholeCluster { get; }

    public IReadOnlyList<PlanObject> Nodes { get; }

    public ILookup<string, PlanObject> ServicesByNamespace { get; }

    public PlanObject? FindService(string @namespace, string name) => _services.GetValueOrDefault($"{@namespace}/{name}");

    public PlanObject? FindConfigMap(string @namespace, string name) => _configMaps.GetValueOrDefault($"{@namespace}/{name}");

    public PlanObject? FindNamespace(string name) => _namespaces.GetValueOrDefault(name);
}
