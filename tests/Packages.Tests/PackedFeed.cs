using Berth.Packages;
using Berth.TestKit;

[assembly: AssemblyFixture(typeof(PackedFeed))]

namespace Berth.Packages;

/// <summary>
/// A folder feed with all packages, packed once a run from what is built: nothing is compiled, and no file that other tests run is written.
/// </summary>
public sealed class PackedFeed : IAsyncLifetime
{
    internal static string Root { get; } = Path.Combine(Checkout.Root, "artifacts", "test", "packages");

    /// <summary>The NuGet cache of the consumers.</summary>
    internal static string Cache { get; } = Path.Combine(Root, "cache");

    internal string Folder { get; } = Path.Combine(Root, "feed");

    /// <summary>One file for each package that was packed, which says whether it was validated. See notes.targets.</summary>
    internal string Notes { get; } = Path.Combine(Root, "notes");

    /// <summary>A feed of the tool alone, as on a platform without a native package.</summary>
    internal string PortableFolder { get; } = Path.Combine(Root, "portable-feed");

    internal IReadOnlyList<Package> Libraries { get; private set; } = [];

    internal IReadOnlyList<Package> All { get; private set; } = [];

    /// <summary>The packages of the tool: the pointer, and one for each platform.</summary>
    internal IEnumerable<Package> Tools => All.Where(static package => IsOfTool(package.Id));

    public async ValueTask InitializeAsync()
    {
        Clear();
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string[] switches =
            ["--no-build", "-c", configuration, "-v", "quiet", "-tl:off", $"-p:PackageOutputPath={Folder}{Path.DirectorySeparatorChar}"];
        string targets = Path.Combine(AppContext.BaseDirectory, "notes.targets");
        await DotnetCommand.RunAsync(
            Checkout.Root, ["pack", "Berth.slnx", .. switches, $"-p:CustomAfterDirectoryBuildTargets={targets}", $"-p:PackNotes={Notes}"]);
        Libraries = Read();
        await new ToolPacker(switches[..^1], Root).PackAsync(Folder, PortableFolder);
        All = Read();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Writes the configuration that names this feed, for Berth, and nuget.org for the rest.</summary>
    internal void WriteConfiguration(string folder, string? feed = null) =>
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="packed" value="{feed ?? Folder}" />
            <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
          </packageSources>
          <packageSourceMapping>
            <packageSource key="packed"><package pattern="Berth" /><package pattern="Berth.*" /></packageSource>
            <packageSource key="nuget.org"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """);

    /// <summary>An empty folder for a program that takes Berth from this feed.</summary>
    internal string CreateFolder(string name)
    {
        string folder = Path.Combine(Root, name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        WriteConfiguration(folder);
        return folder;
    }

    internal static bool IsOfTool(string id) => id == "berth" || id.StartsWith("berth.", StringComparison.Ordinal);

    private void Clear()
    {
        Directory.CreateDirectory(Cache);
        // Versions are the same in each run, and a cached package is taken for the same one.
        foreach (string package in Directory.EnumerateDirectories(Cache, "berth*").ToArray())
            Directory.Delete(package, recursive: true);
        foreach (string folder in new[] { Folder, PortableFolder, Notes })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        }
    }

    private Package[] Read() =>
        [.. Directory.EnumerateFiles(Folder, "*.nupkg").Order(StringComparer.Ordinal).Select(static path => new Package(path))];
}
