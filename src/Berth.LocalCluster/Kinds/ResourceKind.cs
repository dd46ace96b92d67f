namespace Berth.LocalCluster.Kinds;

/// <summary>One kind that the API serves: its names, and the conventions of the API that it follows.</summary>
internal sealed record ResourceKind(string Group, string Kind, string Plural, bool Namespaced, params IReadOnlyList<string> ShortNames)
{
    private static readonly char[] s_digits = [.. "0123456789"];

    public string Version { get; init; } = "v1";
    public string Singular => Kind.ToLowerInvariant();
    public bool InAll { get; init; }
    public bool HasStatus { get; init; }
    public bool HasScale { get; init; }

    /// <summary>The missing effect of a kind that is only stored, such as <c>not run</c>; null for other kinds.</summary>
    public string? StoredAnd { get; init; }

    /// <summary>True when only its CustomResourceDefinition knows its fields.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The name of its type in <c>fields.txt</c>; a custom kind has none, even if it has the name of a built-in kind.</summary>
    public string Type => IsCustom ? "" : Kind;

    /// <summary>True when metadata.generation counts changes outside metadata and status.</summary>
    public bool HasGeneration { get; init; }
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name in error messages: <c>pods</c>, <c>statefulsets.apps</c>.</summary>
    public string QualifiedName { get; } = Group.Length == 0 ? Plural : $"{Plural}.{Group}";
    public string BasePath => Group.Length == 0 ? "/api/v1" : $"/apis/{Group}/{Version}";

    /// <summary>
    /// Names in the order of the numbers they end with: <c>a-2</c> before <c>a-10</c>. CompareOptions.NumericOrdering needs ICU, which the
    /// program does not contain.
    /// </summary>
    public static IComparer<string> ByNumber { get; } = Comparer<string>.Create((left, right) =>
    {
        int sets = string.CompareOrdinal(left.TrimEnd(s_digits), right.TrimEnd(s_digits));
        return sets != 0 ? sets : left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(left, right);
    });

    public static string Key(string? @namespace, string name) => $"{@namespace}/{name}";

    public JsonObject NewObject(string? @namespace, string name)
    {
        JsonObject metadata = new() { ["name"] = name };
        if (@namespace is not null)
            metadata["namespace"] = @namespace;
        return new JsonObject { ["kind"] = Kind, ["apiVersion"] = ApiVersion, ["metadata"] = metadata };
    }
}
