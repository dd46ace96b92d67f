
namespace Berth.Kubernetes.Recordings;

/// <summary>One recorded exchange.</summary>
internal sealed class Recording
{
    public Recording(string name)
    {
        Name = name;
        IsWatch = File.Exists(Path.Combine(Fixture.Folder, name + ".jsonl"));
        Body = Fixture.Bytes(name + (IsWatch ? ".jsonl" : ".json"));
        string request = Fixture.Text(name + ".request").Trim();
        string query = request.Contains('?', StringComparison.Ordinal) ? request.Split('?')[1] : "";
        Dictionary<string, string> parts = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static p => p.Split('=', 2))
            .ToDictionary(static p => p[0], static p => Uri.UnescapeDataString(p[1]), StringComparer.Ordinal);
        string selector = parts.GetValueOrDefault("labelSelector", "");
        Service = selector.StartsWith("kubernetes.io/service-name=", StringComparison.Ordinal) ? selector.Split('=')[1]
            // The pages have no selector; most of their objects belong to this one.
            : name.StartsWith("page-", StringComparison.Ordinal) ? "many" : "service-b";
        From = parts.GetValueOrDefault("resourceVersion", "");
        Streams = parts.ContainsKey("sendInitialEvents");
    }

    /// <summary>Every exchange that was recorded.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Fixture.Folder, "*.request")
            .Select(static f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public string Name { get; }

    public bool IsWatch { get; }

    public byte[] Body { get; }

    public int Status => Fixture.Status(Name);

    public string ContentType => Fixture.Text(Name + ".headers").Split('\n').Select(static l => l.Split(": "))
        .First(static l => l[0].Equals("content-type", StringComparison.OrdinalIgnoreCase))[1].Trim();

    /// <summary>The target of the slices.</summary>
    public string Service { get; }

    /// <summary>The version a watch began at.</summary>
    public string From { get; }

    /// <summary>True for a streaming list.</summary>
    public bool Streams { get; }

    /// <summary>The list before a watch, if it was recorded too.</summary>
    public string ListBefore => Name switch
    {
        "watch-life" => Fixture.Text("list-3-ready.json"),
        "watch-260-scale" => Fixture.Text("list-260-pods-3-slices.json"),
        _ => Json.List(From),
    };
}
