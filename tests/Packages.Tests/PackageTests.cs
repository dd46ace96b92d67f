using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.Packages;

/// <summary>What the package files hold.</summary>
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
            Assert.StartsWith($"# {package.Id}\n", text, StringComparison.Ordinal);
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
        string version = Regex.Match(Checkout.Read("Directory.Build.props"), "<Version>(.*)</Version>").Groups[1].Value;
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

    private static string FolderOf(Package package) => package.Id == "Berth.Client" ? "lib/netstandard2.1/" : "lib/net10.0/";
}
