using Berth.TestKit.Dns;

namespace Berth.Packages;

/// <summary>Fresh programs that take Berth from the packages.</summary>
public sealed class ConsumerTests(PackedFeed feed)
{
    [Fact]
    public async Task Fresh_project_with_all_packages_builds_and_runs()
    {
        string folder = CreateProject("Consumer", feed.Libraries);
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
    public async Task Native_program_with_all_packages_has_no_warning_and_runs()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && (File.Exists("/usr/bin/clang") || File.Exists("/usr/bin/gcc")),
            "A native program is linked with clang or gcc, and neither is there.");
        // A fixture of xunit is for programs that xunit runs.
        string folder = CreateProject("NativeConsumer", feed.Libraries.Where(static package => package.Id != "Berth.Testing.XunitV3"));
        await using ScriptedDnsServer dns = new(TestZone.Headless(TestZone.Pods(2)));

        string built = await DotnetCommand.RunAsync(
            folder, "publish", "--use-current-runtime", "-v", "minimal", "-tl:off", "-o", "out");
        string output = await DotnetCommand.RunAsync(Path.Combine(folder, "out", "NativeConsumer"), folder, [dns.EndPoint.ToString()]);

        Assert.DoesNotContain("warning", built, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            """
            kubernetes: service-b-0, service-b-1
            grpc: rooms-1 life 1
            yarp: service-b-1 life 1 /pods/service-b-1/a
            discovery: service-b-1 life 1 /b
            handler: service-b-1 life 1 /c
            remote: service-b-0, service-b-1
            dns: 10.88.0.10:3000, 10.88.0.11:3001
            killed: no answer
            killed: no answer
            killed: no answer
            killed: no answer
            replaced: rooms-1 life 2
            replaced: service-b-1 life 2 /pods/service-b-1/a
            replaced: service-b-1 life 2 /b
            replaced: service-b-1 life 2 /c
            remote: seen

            """,
            output,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Tests_with_the_fixtures_of_xunit_run()
    {
        string folder = CreateProject(
            "XunitConsumer", feed.Libraries.Where(static package => package.Id is "Berth.Testing.XunitV3" or "Berth.Kubernetes"));
        await DotnetCommand.RunAsync(folder, "build", "-v", "quiet", "-tl:off", "-o", "out");

        string output = await DotnetCommand.RunAsync(folder, "out/XunitConsumer.dll");

        Assert.Matches(@"Total: 2, Errors: 0, Failed: 0, Skipped: 0", output);
    }

    /// <summary>A project of this folder, with packages in place of references. Nothing of the checkout reaches it.</summary>
    private string CreateProject(string name, IEnumerable<Package> packages)
    {
        string folder = CreateFolder(name);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, name)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        foreach (string file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(folder, file), "<Project />");
        IEnumerable<string> references = packages.Select(static package =>
            $"""<PackageReference Include="{package.Id}" Version="{package.Value("version")}" />""");
        File.WriteAllText(
            Path.Combine(folder, "packages.props"), $"<Project><ItemGroup>{string.Concat(references)}</ItemGroup></Project>");
        return folder;
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
