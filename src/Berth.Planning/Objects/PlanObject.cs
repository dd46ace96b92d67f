namespace Berth.Planning.Objects;

/// <summary>One Kubernetes object of the input, with the lines of its values.</summary>
internal sealed class PlanObject
{
    private readonly string _origin;
    private readonly int _line;
    private readonly SourceLines? _lines;

    /// <param name="body">The object.</param>
    /// <param name="origin">The file, or another name for its origin.</param>
    /// <param name="line">The line of its start; 0 when there are no lines.</param>
    /// <param name="lines">The lines of its values, or null.</param>
    /// <param name="defaultNamespace">The namespace of an object that states none.</param>
    public PlanObject(JsonObject body, string origin, long line, SourceLines? lines, string defaultNamespace)
    {
        Body = body;
        _origin = origin;
        _line = (int)line;
        _lines = lines;
        Kind = body.Text("kind") ?? "";
        ApiVersion = body.Text("apiVersion") ?? "";
        Name = body.Text("metadata", "name") ?? body.Text("metadata", "generateName") ?? "";
        Namespace = body.Text("metadata", "namespace") ?? defaultNamespace;
    }

    public JsonObject Body { get; }

    public string Kind { get; }

    public string ApiVersion { get; }

    public string Group => ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion.Split('/')[0] : "";

    public string Name { get; }

    public string Namespace { get; }

    /// <summary>The key that no other object has. Of these kinds only nodes and namespaces are in no namespace.</summary>
    public (string Group, string Kind, string Path) Key => (Group, Kind, Kind is "Namespace" or "Node" ? Name : Path);

    /// <summary>The namespace and the name, as in <c>games/lobby</c>.</summary>
    public string Path => $"{Namespace}/{Name}";

    /// <summary>The kind, the namespace and the name, as in <c>StatefulSet games/lobby</c>.</summary>
    public string Subject => $"{Kind} {Path}";

    public PlanLocation Location => new(_origin, _line);

    /// <summary>The file and line of a value of this object.</summary>
    public PlanLocation At(JsonNode? node) =>
        node is null || _lines is null || _lines.Of(node) is not (> 0 and int line) ? Location : new PlanLocation(_origin, line);

    /// <summary>The file and line of a field, or of the nearest field around it that the object has.</summary>
    public PlanLocation At(params ReadOnlySpan<string> path)
    {
        JsonNode? found = Body;
        foreach (string name in path)
        {
            if ((found as JsonObject)?[name] is not { } next)
                break;
            found = next;
        }

        return At(found);
    }
}
