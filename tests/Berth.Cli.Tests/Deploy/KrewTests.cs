using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Deploy;

/// <summary>
/// The krew manifest, by the fields that krew documents and its validation demands:
/// https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/.
/// </summary>
public sealed partial class KrewTests
{
    private const string Url = "https://example.com/releases/v0.1.0";

    [Fact]
    public async Task Manifest_has_what_krew_demands()
    {
        using TestFolder folder = new();
        await MakeAsync(folder);
        YamlMappingNode manifest = Read(folder);
        Assert.Equal("krew.googlecontainertools.github.com/v1alpha2", Text(manifest, "apiVersion"));
        Assert.Equal("Plugin", Text(manifest, "kind"));
        YamlNode metadata = manifest["metadata"];
        Assert.Equal("berth", Text(metadata, "name"));
        YamlNode spec = manifest["spec"];
        Assert.Matches(Version(), Text(spec, "version"));
        Assert.InRange(Text(spec, "shortDescription").Length, 1, 80);
        Assert.StartsWith("https://", Text(spec, "homepage"), StringComparison.Ordinal);
        Assert.Contains("port", Text(spec, "description"), StringComparison.Ordinal);
        string[] known = ["version", "homepage", "shortDescription", "description", "caveats", "platforms"];
        Assert.Empty(Keys(spec).Except(known));
    }

    [Fact]
    public async Task Platforms_name_archives_that_contain_the_plugin()
    {
        using TestFolder folder = new();
        await MakeAsync(folder);
        YamlNode[] platforms = [.. ((YamlSequenceNode)Read(folder)["spec"]["platforms"]).Children];
        Assert.Equal(
            ["linux/amd64", "darwin/arm64"],
            platforms.Select(static each => each["selector"]["matchLabels"])
                .Select(static labels => $"{Text(labels, "os")}/{Text(labels, "arch")}"));
        foreach (YamlNode platform in platforms)
        {
            Assert.Empty(Keys(platform).Except(["selector", "uri", "sha256", "bin", "files"]));
            string uri = Text(platform, "uri");
            Assert.StartsWith(Url + "/kubectl-berth_", uri, StringComparison.Ordinal);
            string archive = folder[Path.Combine("out", Path.GetFileName(uri))];
            Assert.Equal(
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))), Text(platform, "sha256"));
            string listed = await RunAsync("tar", "-tzvf", archive);
            Assert.Matches($@"-rwxr-xr-x .* {Text(platform, "bin")}\n", listed);
            Assert.Contains(" LICENSE\n", listed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Same_programs_give_the_same_archives()
    {
        using TestFolder one = new();
        using TestFolder other = new();
        await MakeAsync(one);
        await MakeAsync(other);
        Assert.Equal(
            File.ReadAllText(one[Path.Combine("out", "berth.yaml")]), File.ReadAllText(other[Path.Combine("out", "berth.yaml")]));
    }

    [Theory]
    [InlineData("'plan9-amd64' is no platform of krew", "plan9-amd64=/bin/true")]
    [InlineData("There is no program '/nowhere' for linux-amd64", "linux-amd64=/nowhere")]
    public async Task Platform_that_cannot_be_packed_is_refused(string sentence, string platform)
    {
        using TestFolder folder = new();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(Script, folder["out"], Url, platform));
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    private static string Script => Path.Combine(Checkout.Root, "tools", "krew");

    private static async Task MakeAsync(TestFolder folder)
    {
        string program = folder.WriteScript("program", "echo berth\n");
        await RunAsync(Script, folder["out"], Url + "/", $"linux-amd64={program}", $"darwin-arm64={program}");
    }

    private static YamlMappingNode Read(TestFolder folder)
    {
        YamlStream stream = [];
        using StreamReader reader = File.OpenText(folder[Path.Combine("out", "berth.yaml")]);
        stream.Load(reader);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static string Text(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static HashSet<string> Keys(YamlNode node) =>
        [.. ((YamlMappingNode)node).Children.Keys.Select(static key => ((YamlScalarNode)key).Value!)];

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await error);
    }

    // krew demands a version by semver.org with a v before it.
    [GeneratedRegex(@"^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex Version();
}
