namespace Berth.Packages;

/// <summary>Fresh programs that take Berth from the packages.</summary>
public sealed class ConsumerTests(PackedFeed feed)
{
    [Fact]
    public async Task Fresh_project_with_all_packages_builds_and_runs()
    {
        string folder = CreateFolder("consumer");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Consumer")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        // Nothing of the checkout reaches this project.
        foreach (string file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(folder, file), "<Project />");
        IEnumerable<string> references = feed.Libraries.Select(static package =>
            $"""<PackageReference Include="{package.Id}" Version="{package.Value("version")}" />""");
        File.WriteAllText(
            Path.Combine(folder, "packages.props"), $"<Project><ItemGroup>{string.Concat(references)}</ItemGroup></Project>");

        await DotnetCommand.RunAsync(folder, "build", "-v", "quiet", "-tl:off", "-o", "out");
        string output = await DotnetCommand.RunAsync(folder, "out/Consumer.dll");

        Assert.Equal(
            """
            pods: service-b-0, service-b-1
            picked: service-b-1
            discovered: service-b-0, service-b-1
            handler: service-b-1
            health: Healthy
            gone: HttpRequestException
            others: service-b-1, service-b-1, service-b-1

            """,
            output,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Tool_is_installed_and_says_its_version()
    {
        string folder = CreateFolder("tool");
        await DotnetCommand.RunAsync(folder, "tool", "install", "berth", "--tool-path", "bin", "-v", "quiet");

        string output = await DotnetCommand.RunAsync(Path.Combine(folder, "bin", "berth"), folder, ["version"]);

        Package tool = Assert.Single(feed.All, static package => package.Id == "berth");
        Assert.Contains(tool.Value("version")!, output, StringComparison.Ordinal);
    }

    private string CreateFolder(string name)
    {
        string folder = Path.Combine(PackedFeed.Root, name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        feed.WriteConfiguration(folder);
        return folder;
    }
}
