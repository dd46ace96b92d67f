using System.Text.Json;

namespace Berth.Kubernetes.Recordings;

/// <summary>The plain, obvious reading of a recording: documents by slice name.</summary>
internal sealed class RecordedModel
{
    private readonly SortedDictionary<string, JsonElement> _slices = new(StringComparer.Ordinal);

    public RecordedModel(string? list)
    {
        if (list is null)
            return;
        foreach (JsonElement slice in JsonDocument.Parse(list).RootElement.GetProperty("items").EnumerateArray())
            _slices[slice.GetProperty("metadata").GetProperty("name").GetString()!] = slice;
    }

    public static string Describe(EndpointSnapshot snapshot) => string.Join('\n', snapshot.Endpoints
        .Select(
            static e => $"{e.Name} {e.Uid} {e.Address} {e.Ready} {e.Serving} {e.Terminating} {e.Node}").Order(StringComparer.Ordinal));

    public void Apply(string line)
    {
        JsonElement root = JsonDocument.Parse(line).RootElement;
        JsonElement slice = root.GetProperty("object");
        string type = root.GetProperty("type").GetString()!;
        if (type is "ADDED" or "MODIFIED")
            _slices[slice.GetProperty("metadata").GetProperty("name").GetString()!] = slice;
        else if (type == "DELETED")
            _slices.Remove(slice.GetProperty("metadata").GetProperty("name").GetString()!);
    }

    public string Describe()
    {
        SortedDictionary<string, string> pods = new(StringComparer.Ordinal);
        foreach (JsonElement slice in _slices.Values.OrderBy(static s => long.Parse(s.GetProperty("metadata")
            .GetProperty("resourceVersion").GetString()!, System.Globalization.CultureInfo.InvariantCulture)))
        {
            if (slice.GetProperty("endpoints").ValueKind != JsonValueKind.Array)
                continue;
            foreach (JsonElement e in slice.GetProperty("endpoints").EnumerateArray())
            {
                JsonElement target = e.GetProperty("targetRef");
                JsonElement conditions = e.GetProperty("conditions");
                string name = target.GetProperty("name").GetString()!;
                string uid = target.GetProperty("uid").GetString()!;
                string text =
                    $"{name} {uid} {e.GetProperty("addresses")[0].GetString()} {Flag(conditions, "ready")} " +
                    $"{Flag(conditions, "serving")} {Flag(conditions, "terminating")} {e.GetProperty("nodeName").GetString()}";
                pods[name] = text;
            }
        }

        return string.Join('\n', pods.Values.Order(StringComparer.Ordinal));
    }

    private static bool Flag(JsonElement conditions, string name) => conditions.GetProperty(name).GetBoolean();
}
