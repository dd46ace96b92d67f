namespace Berth.Packages;

/// <summary>A native program that takes Berth from the packages.</summary>
public sealed class NativeConsumerTests(PackedFeed feed)
{
    [Fact]
    public async Task Native_program_with_all_packages_has_no_warning_and_runs()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && (File.Exists("/usr/bin/clang") || File.Exists("/usr/bin/gcc")),
            "A native program is linked with clang or gcc, and neither is there.");
        string folder = FreshProject.Write(
            FreshProject.CreateFolder(feed, "native-consumer"), "PodConsumer", PodProgram.PackagesOf(feed));
        string built = await DotnetCommand.RunAsync(
            folder, "publish", "--use-current-runtime", "-v", "minimal", "-tl:off", "-o", "out");

        Assert.DoesNotContain("warning", built, StringComparison.OrdinalIgnoreCase);
        await PodProgram.RunAsync(folder, Path.Combine(folder, "out", "PodConsumer"));
    }
}
