namespace Berth.LocalCluster.Kinds;

/// <summary>
/// The kinds that one cluster serves: those of the program, and those of its CustomResourceDefinitions. A custom kind is served in all its
/// versions, and answers in its stored version.
/// </summary>
internal sealed class KindSet
{
    private volatile State _state = new(KindTable.All, new Dictionary<(string, string), ResourceKind>());

    public IReadOnlyList<ResourceKind> All => _state.All;

    public IEnumerable<string> Groups =>
        All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>The versions of a group, the preferred one first.</summary>
    public IReadOnlyList<string> Versions(string group) =>
        [.. All.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the kinds of a group and version.</summary>
    public IEnumerable<ResourceKind> Of(string group, string version) =>
        All.Where(kind => kind.Group == group && kind.Version == version);

    public ResourceKind? ByPlural(string group, string version, string plural) =>
        _state.Served.GetValueOrDefault(($"{group}/{version}", plural))
        ?? All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    public ResourceKind? ByPlural(string group, string plural) => All.FirstOrDefault(kind => kind.Group == group && kind.Plural == plural);

    public ResourceKind? ByKind(string? apiVersion, string? name) =>
        All.FirstOrDefault(kind => kind.ApiVersion == apiVersion && kind.Kind == name)
        ?? _state.Served.Where(served => served.Key.Item1 == apiVersion && served.Value.Kind == name).Select(served => served.Value)
            .FirstOrDefault();

    /// <summary>
    /// Finds a kind by any name that kubectl knows: <c>sts</c>, <c>statefulset</c>, <c>statefulsets</c>, <c>StatefulSet</c>.
    /// </summary>
    public ResourceKind? ByAnyName(string name) => All.FirstOrDefault(kind =>
        kind.Plural.Equals(name, StringComparison.OrdinalIgnoreCase)
        || kind.Kind.Equals(name, StringComparison.OrdinalIgnoreCase)
        || kind.ShortNames.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Replaces the custom kinds by those of these definitions.</summary>
    public void Define(IEnumerable<CustomKind> definitions)
    {
        HashSet<string> own = [.. KindTable.All.Select(static kind => kind.QualifiedName)];
        List<CustomKind> custom = [.. definitions.Where(custom => !own.Contains(custom.Kind.QualifiedName))];
        Dictionary<(string, string), ResourceKind> served = new();
        foreach (CustomKind each in custom)
        {
            foreach (string version in each.Versions)
                served[($"{each.Kind.Group}/{version}", each.Kind.Plural)] = each.Kind;
        }

        _state = new([.. KindTable.All, .. custom.Select(each => each.Kind)], served);
    }

    private sealed record State(
        IReadOnlyList<ResourceKind> All, IReadOnlyDictionary<(string ApiVersion, string Plural), ResourceKind> Served);
}
