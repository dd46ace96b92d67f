using System.IO.Compression;
using System.Security.Cryptography;

namespace Berth.Dispatcher.Documents;

/// <summary>
/// One file of the page for operators. The program contains it compressed with gzip, which every browser also accepts over plain HTTP. Only
/// its entity tag is kept in memory.
/// </summary>
internal sealed class PageFile
{
    private const string Script = "text/javascript; charset=utf-8";

    private static readonly PageFile[] s_all =
    [
        new("index.html", "text/html; charset=utf-8"),
        new("page.css", "text/css; charset=utf-8"),
        new("icon.svg", "image/svg+xml"),
        new("page.js", Script),
        new("feed.js", Script),
        new("map.js", Script),
        new("entries.js", Script),
        new("layout.js", Script),
        new("panels.js", Script),
        new("parts.js", Script),
    ];

    private readonly string _resource;
    private readonly Lazy<string> _tag;

    private PageFile(string name, string contentType)
    {
        Name = name;
        ContentType = contentType;
        _resource = $"page/{name}.gz";
        _tag = new Lazy<string>(CreateTag);
    }

    /// <summary>The name below <c>/ui/</c>.</summary>
    public string Name { get; }

    public string ContentType { get; }

    /// <summary>The entity tag: of the content, which a new version of the program may change.</summary>
    public string Tag => _tag.Value;

    /// <summary>All files.</summary>
    public static IReadOnlyList<PageFile> All => s_all;

    /// <summary>Finds a file by the path below <c>/ui/</c>; the empty path is the page itself. Null where there is none.</summary>
    public static PageFile? Find(string path) => Array.Find(s_all, file => file.Name == (path.Length == 0 ? "index.html" : path));

    /// <summary>The compressed file, in the memory of the program's image.</summary>
    public Stream OpenCompressed() => typeof(PageFile).Assembly.GetManifestResourceStream(_resource)!;

    /// <summary>The file for a client that does not accept gzip.</summary>
    public Stream Open() => new GZipStream(OpenCompressed(), CompressionMode.Decompress);

    private string CreateTag()
    {
        using Stream stream = OpenCompressed();
        // Weak: it is the same for both forms of the file.
        return $"W/\"{Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, 8))}\"";
    }
}
