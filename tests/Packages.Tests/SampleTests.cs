using System.Text.Json;
using Berth.TestKit;

namespace Berth.Packages;

/// <summary>The samples with packages in place of project references: their own tests run against them.</summary>
public sealed class SampleTests(PackedFeed feed)
{
    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    [Fact]
    public async Task Samples_from_packages_pass_their_tests()
    {
        string folder = feed.CreateFolder("samples");
        string version = feed.Libraries[0].Value("version")!;
        string[] samples = Copy(folder);
        await DotnetCommand.RunAsync(
            folder, "build", "Samples.slnx", "-c", Configuration, "-v", "quiet", "-tl:off", $"-p:BerthPackages={version}",
            "-p:RunAnalyzers=false");
        string bin = Path.Combine(folder, "artifacts", "bin");
        Assert.All(samples, sample => CheckPackages(Path.Combine(bin, sample, Configuration, $"{sample}.deps.json"), version));

        string output = await DotnetCommand.RunAsync(
            "dotnet", folder, [Path.Combine(Checkout.Root, "artifacts", "bin", "Samples.Tests", Configuration, "Samples.Tests.dll")],
            ("BERTH_SAMPLES", bin));

        Assert.Matches(@"Total: [6-9], Errors: 0, Failed: 0, Skipped: 0", output);
    }

    /// <summary>Copies the samples and what they inherit, and returns their names.</summary>
    private static string[] Copy(string folder)
    {
        string samples = Path.Combine(Checkout.Root, "samples");
        foreach (string file in Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, "samples", Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (string file in new[] { "Directory.Build.props", "Directory.Packages.props" })
            File.Copy(Path.Combine(Checkout.Root, file), Path.Combine(folder, file));
        string[] names = [.. Directory.EnumerateDirectories(samples).Select(static sample => Path.GetFileName(sample))];
        IEnumerable<string> projects = names.Select(static name => $"""<Project Path="samples/{name}/{name}.csproj" />""");
        File.WriteAllText(Path.Combine(folder, "Samples.slnx"), $"<Solution>{string.Concat(projects)}</Solution>");
        return names;
    }

    /// <summary>Berth in a program is packages of the feed, and no project.</summary>
    private static void CheckPackages(string file, string version)
    {
        using JsonDocument parts = JsonDocument.Parse(File.ReadAllText(file));
        string[] ours =
        [
            .. parts.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(static part => part.Name.StartsWith("Berth.", StringComparison.Ordinal))
                .Select(static part => $"{part.Name} {part.Value.GetProperty("type").GetString()}"),
        ];
        Assert.Contains($"Berth.Core/{version} package", ours);
        Assert.All(ours, part => Assert.EndsWith($"/{version} package", part, StringComparison.Ordinal));
    }
}
