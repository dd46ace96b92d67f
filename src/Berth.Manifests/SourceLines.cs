using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>The lines of values. The value of a field has the line of its key.</summary>
internal sealed class SourceLines
{
    private readonly Dictionary<JsonNode, int> _lines = new(ReferenceEqualityComparer.Instance);

    public void Add(JsonNode? node, long line)
    {
        if (node is not null)
            _lines[node] = (int)line;
    }

    /// <summary>The line of a value, or of the nearest value around it that has one; 0 when there is none.</summary>
    public int Of(JsonNode? node)
    {
        for (JsonNode? at = node; at is not null; at = at.Parent)
        {
            if (_lines.TryGetValue(at, out int line))
                return line;
        }

        return 0;
    }
}
