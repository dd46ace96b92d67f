namespace Berth.LocalCluster.Kinds;

/// <summary>One kind the API serves: how it is called, and which of the API's conventions it follows.</summary>
internal sealed record ResourceKind(string Group, string Kind, string Plural, bool Namespaced, params IReadOnlyList<string> ShortNames)
{
    public string Version => "v1";

    public string Singular => Kind.ToLowerInvariant();

    public bool InAll { get; init; }

    public bool HasStatus { get; init; }

    public bool HasScale { get; init; }

    /// <summary>Whether metadata.generation counts the changes of what is neither metadata nor status.</summary>
    public bool HasGeneration { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name error messages use: <c>pods</c>, <c>statefulsets.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string BasePath => Group.Length == 0 ? "/api/v1" : $"/apis/{Group}/{Version}";

    public static string Key(string? @namespace, string name) => $"{@namespace}/{name}";

    public JsonObject NewObject(string? @namespace, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace is not null)
            metadata["namespace"] = @namespace;
        return new JsonObject { ["kind"] = Kind, ["apiVersion"] = ApiVersion, ["metadata"] = metadata };
    }
}
