namespace Berth.Kubernetes.Http;

/// <summary>A request in the terms of RBAC: the verb, which is also the tag of the counter, and the resource.</summary>
internal sealed record ApiRequest(string PathAndQuery, string Verb, string Group, string? Resource, string? Namespace)
{
    /// <summary>True when the answer may be protobuf. It may always be JSON.</summary>
    internal bool AcceptsProtobuf { get; init; }

    /// <summary>The JSON body of a POST, or null for a GET.</summary>
    internal byte[]? Body { get; private init; }

    /// <summary>A POST of a question about the caller. The API server answers it and stores nothing.</summary>
    internal static ApiRequest Question(string path, byte[] json) => Parse(path) with { Verb = "create", Body = json };

    /// <summary>Reads <c>/api/v1/…</c> and <c>/apis/GROUP/VERSION/…</c>; anything else is a <c>get</c> without a resource.</summary>
    internal static ApiRequest Parse(string pathAndQuery)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathAndQuery);
        if (pathAndQuery[0] != '/')
            throw new ArgumentException($"A path begins with '/': {pathAndQuery}", nameof(pathAndQuery));
        int question = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? pathAndQuery : pathAndQuery[..question];
        string query = question < 0 ? "" : pathAndQuery[(question + 1)..];

        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        (string group, string[] rest) = parts switch
        {
            ["api", _, .. var core] => ("", core),
            ["apis", var named, _, .. var other] => (named, other),
            _ => ("", []),
        };
        string? ns = null;
        if (rest is ["namespaces", var inside, _, ..])
            (ns, rest) = (inside, rest[2..]);
        string? resource = rest.Length > 0 ? rest[0] : null;
        string verb = rest.Length != 1 ? "get" : IsWatch(query) ? "watch" : "list";
        return new ApiRequest(pathAndQuery, verb, group, resource, ns);
    }

    /// <summary>Returns the rule that a Role needs for this request, or null when it is not about a resource.</summary>
    internal string? MissingRule()
    {
        if (Resource is null)
            return null;
        string where = Namespace is null ? "a ClusterRole" : $"a Role in namespace \"{Namespace}\"";

        // Slices are listed and then watched: with the one verb alone, the next refusal would follow at once.
        string verbs = Resource == "endpointslices" && (Verb is "list" or "watch") ? "\"list\", \"watch\"" : $"\"{Verb}\"";
        return $"Bind this user to {where} with this rule: apiGroups: [\"{Group}\"], resources: [\"{Resource}\"], verbs: [{verbs}].";
    }

    private static bool IsWatch(string query)
    {
        foreach (string part in query.Split('&'))
        {
            if (part is "watch=1" or "watch=true" or "watch=True" or "watch=t")
                return true;
        }

        return false;
    }
}
