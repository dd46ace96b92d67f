using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.Packages;

/// <summary>The content of the package files.</summary>
public sealed class PackageTests(PackedFeed feed)
{
    [Fact]
    public void Every_packable_project_has_a_package()
    {
        string[] projects =
        [
            .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(static file => Regex.IsMatch(File.ReadAllText(file), "^    <IsPackable>true</IsPackable>", RegexOptions.Multiline))
                .Select(static file => Path.GetFileNameWithoutExtension(file)).Where(static name => name != "Berth.Cli")
                .Select(static name => name == "Berth" ? "Berth.Core" : name).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(projects, feed.Libraries.Select(static package => package.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_has_a_readme_with_an_example()
    {
        Assert.All(feed.All, static package =>
        {
            Assert.Equal("README.md", package.Value("readme"));
            string text = package.ReadText("README.md");
            string title = PackedFeed.IsOfTool(package.Id) ? "berth" : package.Id;
            Assert.StartsWith($"# {title}\n", text, StringComparison.Ordinal);
            Assert.Contains("\n```", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_package_has_a_small_icon()
    {
        Assert.All(feed.All, static package =>
        {
            Assert.Equal("icon.png", package.Value("icon"));
            Assert.InRange(package.LengthOf("icon.png"), 100, 20_000);
        });
    }

    [Fact]
    public void Every_package_has_the_version_license_and_description()
    {
        string version = ReadVersion();
        Assert.All(feed.All, package =>
        {
            Assert.Equal(version, package.Value("version"));
            Assert.Equal("Apache-2.0", package.Value("license"));
            Assert.True(package.Value("description")!.Length > 40, package.Value("description"));
        });
    }

    [Fact]
    public async Task Every_package_names_its_commit()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Checkout.Root, ".git")), "This checkout has no git folder, so there is no commit.");
        string text = await DotnetCommand.RunAsync("git", Checkout.Root, ["rev-parse", "HEAD"]);
        Assert.All(feed.All, package => Assert.Equal(text.Trim(), package.Commit));
    }

    [Fact]
    public async Task Every_package_names_the_address_of_origin_or_none()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Checkout.Root, ".git")), "This checkout has no git folder, so there is no remote.");
        string remotes = await DotnetCommand.RunAsync("git", Checkout.Root, ["remote", "-v"]);
        Match origin = Regex.Match(remotes, @"^origin\s+(https://\S+) \(fetch\)", RegexOptions.Multiline);
        // No address is made up: without a remote that others reach, a package has none, and debuggers find no sources.
        string? address = origin.Success ? origin.Groups[1].Value : null;
        Assert.All(feed.All, package =>
        {
            Assert.Equal(address, package.RepositoryAddress);
            Assert.Equal(address, package.Value("projectUrl"));
        });
    }

    [Fact]
    public void Every_library_has_symbols_of_this_checkout()
    {
        bool isRelease = new DirectoryInfo(AppContext.BaseDirectory).Name == "release";
        string root = isRelease && Path.Exists(Path.Combine(Checkout.Root, ".git")) ? "/_/src/" : Path.Combine(Checkout.Root, "src");
        Assert.All(feed.Libraries, package => Assert.Contains(
            package.ReadSources(), source => source.StartsWith(root, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_library_has_its_assembly_and_documentation_alone()
    {
        Assert.All(feed.Libraries, static package => Assert.Equal(
            [".dll", ".xml"],
            package.Files.Where(file => file.StartsWith(FolderOf(package), StringComparison.Ordinal)).Select(Path.GetExtension)
                .Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void No_library_depends_on_tests_or_build_tools()
    {
        HashSet<string> ours = [.. feed.Libraries.Select(static package => package.Id)];
        string[] known =
            ["Microsoft.Extensions.", "Grpc.", "OpenTelemetry.Api", "YamlDotNet", "Yarp.ReverseProxy", "xunit.v3.extensibility.core"];
        Assert.All(feed.Libraries, package => Assert.All(package.Dependencies, id => Assert.True(
            ours.Contains(id) || known.Any(name => id.StartsWith(name, StringComparison.Ordinal)),
            $"{package.Id} depends on {id}. Add it to the list of this test if a user of the package needs it.")));
    }

    [Fact]
    public void Every_library_is_deterministic_and_has_the_marks_of_trimming_and_AOT()
    {
        Assert.All(feed.Libraries, static package =>
        {
            string assembly = package.Files.Single(static file => file.EndsWith(".dll", StringComparison.Ordinal));
            AssemblyFacts facts = AssemblyFacts.Read(package.ReadBytes(assembly));
            Assert.True(facts.IsDeterministic, package.Id);
            // The marks need .NET 8, and Berth.Client is for netstandard2.1.
            bool canBeMarked = package.Id != "Berth.Client";
            Assert.Equal((canBeMarked, canBeMarked), (facts.IsTrimmable, facts.IsAotCompatible));
        });
    }

    [Fact]
    public void Readme_says_what_has_no_mark_of_trimming_or_AOT()
    {
        Assert.All(feed.Libraries, package =>
        {
            string text = package.ReadText("README.md");
            Assert.Contains("Native AOT", text, StringComparison.Ordinal);
            Assert.All(
                package.Versions.Where(dependency => feed.Libraries.All(ours => ours.Id != dependency.Id)
                    && !AssemblyFacts.ReadPackage(dependency.Id, dependency.Version).IsAotCompatible),
                dependency => Assert.True(
                    text.Contains(dependency.Id, StringComparison.Ordinal),
                    $"{package.Id} depends on {dependency.Id}, which has no mark of Native AOT. Say so in its README.md."));
        });
    }

    [Fact]
    public void Provider_of_service_discovery_depends_on_the_abstractions_alone()
    {
        Package package = feed.Libraries.Single(static package => package.Id == "Berth.ServiceDiscovery");
        (string id, string version) = package.Versions.Single(static one => one.Id == "Microsoft.Extensions.ServiceDiscovery.Abstractions");
        Package abstractions = new(Path.Combine(AssemblyFacts.FindPackage(id, version), $"{id}.{version}.nupkg".ToLowerInvariant()));
        // Their own dependencies are named with the versions of this checkout.
        Assert.Equal(
            ["Berth.Core", id], package.Dependencies.Except(abstractions.Dependencies).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_library_is_validated_when_it_is_packed() =>
        Assert.Equal(
            feed.Libraries.Select(static package => (package.Id, "true")),
            Directory.EnumerateFiles(feed.Notes).Order(StringComparer.Ordinal)
                .Select(static note => (Path.GetFileName(note), File.ReadAllText(note).Trim())));

    internal static string ReadVersion() =>
        Regex.Match(Checkout.Read("Directory.Build.props"), "<Version>(.*)</Version>").Groups[1].Value;

    private static string FolderOf(Package package) => package.Id == "Berth.Client" ? "lib/netstandard2.1/" : "lib/net10.0/";
}
