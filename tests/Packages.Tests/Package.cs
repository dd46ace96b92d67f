using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Berth.Packages;

/// <summary>A package file and what its manifest says.</summary>
internal sealed class Package
{
    private readonly string _path;
    private readonly XElement _metadata;

    public Package(string path)
    {
        _path = path;
        using ZipArchive zip = ZipFile.OpenRead(path);
        Files = [.. zip.Entries.Select(static entry => entry.FullName)];
        using Stream manifest = zip.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        _metadata = XDocument.Load(manifest).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
    }

    public string Id => Value("id")!;

    public IReadOnlyList<string> Files { get; }

    public IReadOnlyList<string> Dependencies =>
        [.. _metadata.Descendants().Where(static e => e.Name.LocalName == "dependency").Select(static e => e.Attribute("id")!.Value)];

    /// <summary>The dependencies with their versions.</summary>
    public IReadOnlyList<(string Id, string Version)> Versions =>
    [
        .. _metadata.Descendants().Where(static e => e.Name.LocalName == "dependency")
            .Select(static e => (e.Attribute("id")!.Value, e.Attribute("version")!.Value)),
    ];

    public string? RepositoryAddress => Element("repository")?.Attribute("url")?.Value;

    public string? Commit => Element("repository")?.Attribute("commit")?.Value;

    public string? Value(string name) => Element(name)?.Value;

    public string ReadText(string file)
    {
        using ZipArchive zip = ZipFile.OpenRead(_path);
        using StreamReader reader = new(zip.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    public byte[] ReadBytes(string file)
    {
        using ZipArchive zip = ZipFile.OpenRead(_path);
        using MemoryStream bytes = new();
        using (Stream entry = zip.GetEntry(file)!.Open())
            entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    public long LengthOf(string file)
    {
        using ZipArchive zip = ZipFile.OpenRead(_path);
        return zip.GetEntry(file)!.Length;
    }

    /// <summary>The sources that the symbols of this package name; none without symbols.</summary>
    public IReadOnlyList<string> ReadSources()
    {
        string symbols = Path.ChangeExtension(_path, ".snupkg");
        if (!File.Exists(symbols))
            return [];
        using ZipArchive zip = ZipFile.OpenRead(symbols);
        using MemoryStream bytes = new();
        using (Stream entry = zip.Entries.Single(static entry => entry.FullName.EndsWith(".pdb", StringComparison.Ordinal)).Open())
            entry.CopyTo(bytes);
        bytes.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
        MetadataReader reader = provider.GetMetadataReader();
        return [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
    }

    public override string ToString() => Id;

    private XElement? Element(string name) => _metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);
}
