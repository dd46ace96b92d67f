namespace Berth.Kubernetes.Model;

/// <summary>The behaviour of the API server in one history.</summary>
internal sealed record Habits
{
    /// <summary>The number of objects in a page, less than requested; or null for the requested number.</summary>
    public int? PageSize { get; init; }

    /// <summary>The pieces of a watch: 0 line by line, 1 any, 2 single bytes, 3 several lines at once.</summary>
    public int Cutting { get; init; }

    public bool SendsBookmarks { get; init; }

    /// <summary>410 as the HTTP status, or as an ERROR event.</summary>
    public bool GoneAsStatus { get; init; }

    /// <summary>The answer to a watch from a version that does not exist yet: 0 silence, 1 an ERROR event, 2 an HTTP status.</summary>
    public int Future { get; init; }

    /// <summary>The answer of a lagging server to a list not older than V: 504, or an older list against the rules.</summary>
    public bool LagsSilently { get; init; }

    /// <summary>Streaming lists: 0 not known, 1 served, 2 never ended.</summary>
    public int Streaming { get; init; }

    /// <summary>True when the client asks for streaming lists.</summary>
    public bool ClientStreams { get; init; }

    /// <summary>True when the server also sends objects that the label selector excludes.</summary>
    public bool IgnoresSelector { get; init; }

    /// <summary>
    /// True when watches contain noise: repeated events, unknown types, deletions with a stale body or of unknown objects.
    /// </summary>
    public bool IsNoisy { get; init; }

    /// <summary>True when the server sends slices in protobuf to a client that prefers it.</summary>
    public bool KnowsProtobuf { get; init; }

    /// <summary>The addresses that the client asks for.</summary>
    public AddressMode AddressMode { get; init; }

    /// <summary>True when a deletion comes with the previous body of the object, and so with its version.</summary>
    public bool IsStale(long version) => IsNoisy && version % 2 == 0;

    public static Habits Any(Random random) => new()
    {
        PageSize = random.Next(3) == 0 ? random.Next(1, 4) : null,
        Cutting = random.Next(4),
        SendsBookmarks = random.Next(3) > 0,
        GoneAsStatus = random.Next(2) == 0,
        Future = random.Next(3),
        LagsSilently = random.Next(2) == 0,
        Streaming = random.Next(3),
        ClientStreams = random.Next(4) == 0,
        IgnoresSelector = random.Next(6) == 0,
        IsNoisy = random.Next(2) == 0,
        AddressMode =
            random.Next(2) == 0 ? AddressMode.Internal : random.Next(2) == 0 ? AddressMode.External : AddressMode.ExternalOrInternal,
        KnowsProtobuf = random.Next(2) == 0,
    };
}
