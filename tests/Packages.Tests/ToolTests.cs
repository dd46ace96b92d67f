namespace Berth.Packages;

/// <summary>The tool <c>berth</c>, taken from its packages as a user takes it.</summary>
public sealed class ToolTests(PackedFeed feed)
{
    private const string NoProgram =
        "BERTH_AOT_PROGRAM names no program: ./test publishes the native program and sets it. ./test --quick does not.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Pointer_names_the_packages_of_the_feed()
    {
        string[] platforms = ToolPacker.NativeProgram is null ? ["any"] : ["any", ToolPacker.Platform];
        Assert.Equal(
            [.. platforms.Select(static platform => $"berth.{platform}").Prepend("berth")],
            feed.Tools.Select(static package => package.Id).Order(StringComparer.Ordinal));

        Package pointer = feed.Tools.First(static package => package.Id == "berth");
        string settings = pointer.ReadText("tools/any/any/DotnetToolSettings.xml");
        Assert.All(platforms, platform => Assert.Contains($"Id=\"berth.{platform}\"", settings, StringComparison.Ordinal));
        Assert.DoesNotContain(pointer.Files, static file => file.EndsWith(".dll", StringComparison.Ordinal));
    }

    [Fact]
    public void Native_package_has_the_program_and_nothing_else()
    {
        Assert.SkipWhen(ToolPacker.NativeProgram is null, NoProgram);
        Package native = feed.Tools.First(static package => package.Id == $"berth.{ToolPacker.Platform}");
        string folder = $"tools/any/{ToolPacker.Platform}/";
        Assert.Equal(
            [folder + "Berth.Cli", folder + "DotnetToolSettings.xml"],
            native.Files.Where(static file => file.StartsWith("tools/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(new FileInfo(ToolPacker.NativeProgram!).Length, native.LengthOf(folder + "Berth.Cli"));
        Assert.Contains("Runner=\"executable\"", native.ReadText(folder + "DotnetToolSettings.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Native_tool_is_installed_and_runs_a_cluster()
    {
        Assert.SkipWhen(ToolPacker.NativeProgram is null, NoProgram);
        string folder = CreateFolder("native-tool", feed.Folder);
        string berth = await InstallAsync(folder);

        Assert.Equal([$"berth.{ToolPacker.Platform}"], InstalledPlatforms(folder));
        // No .NET is found, and none is needed.
        string output = await DotnetCommand.RunAsync(berth, folder, ["version"], ("DOTNET_ROOT", "/none"), ("PATH", "/none"));
        Assert.Contains(Version, output, StringComparison.Ordinal);
        await using RunningTool up = await RunningTool.UpAsync(berth, folder, [], ("DOTNET_ROOT", "/none"));
        await CheckAsync(up);
    }

    [Fact]
    public async Task Portable_tool_is_installed_where_no_native_one_is_packed()
    {
        string folder = CreateFolder("portable-tool", feed.PortableFolder);
        string berth = await InstallAsync(folder);

        Assert.Equal(["berth.any"], InstalledPlatforms(folder));
        Assert.Contains(Version, await DotnetCommand.RunAsync(berth, folder, ["version"]), StringComparison.Ordinal);
        await using RunningTool up = await RunningTool.UpAsync(berth, folder, []);
        await CheckAsync(up);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tool_runs_a_cluster_without_an_installation(bool isNative)
    {
        Assert.SkipWhen(isNative && ToolPacker.NativeProgram is null, NoProgram);
        string folder = CreateFolder(isNative ? "native-dnx" : "portable-dnx", isNative ? feed.Folder : feed.PortableFolder);
        (string, string) cache = ("NUGET_PACKAGES", Path.Combine(folder, "cache"));
        string[] dnx = ["dnx", "berth", "--yes", "--"];

        Assert.Contains(Version, await DotnetCommand.RunAsync("dotnet", folder, [.. dnx, "version"], cache), StringComparison.Ordinal);
        await using RunningTool up = await RunningTool.UpAsync("dotnet", folder, dnx, cache);
        await CheckAsync(up);
        Assert.True(Directory.Exists(Path.Combine(folder, "cache", isNative ? $"berth.{ToolPacker.Platform}" : "berth.any")));
    }

    private static string Version { get; } = PackageTests.ReadVersion();

    private static async Task<string> InstallAsync(string folder)
    {
        await DotnetCommand.RunAsync(
            "dotnet", folder, ["tool", "install", "berth", "--tool-path", "bin", "-v", "quiet"],
            ("NUGET_PACKAGES", Path.Combine(folder, "cache")));
        return Path.Combine(folder, "bin", "berth");
    }

    /// <summary>Service A of the cluster answers with the pod, and all of it ends when it is asked to.</summary>
    private static async Task CheckAsync(RunningTool up)
    {
        using HttpClient client = new();
        Assert.StartsWith("127.0.0.1:", await client.GetStringAsync(up.Address, Token), StringComparison.Ordinal);
        Assert.Equal(0, await up.EndAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(up.Address, Token));
    }

    /// <summary>The platform packages in the installation.</summary>
    private static IEnumerable<string> InstalledPlatforms(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, "bin", ".store"), "berth.*.nupkg", SearchOption.AllDirectories)
            .Select(static file => Path.GetFileNameWithoutExtension(file).Replace($".{Version}", "", StringComparison.Ordinal))
            .Where(static id => id != "berth").Distinct().Order(StringComparer.Ordinal);

    private string CreateFolder(string name, string source)
    {
        string folder = Path.Combine(PackedFeed.Root, name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        feed.WriteConfiguration(folder, source);
        return folder;
    }
}
