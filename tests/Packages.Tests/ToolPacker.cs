using System.Runtime.InteropServices;
using Berth.TestKit;

namespace Berth.Packages;

/// <summary>
/// Packs the tool <c>berth</c> as tools/pack does: a package for each platform, then the pointer to them. It compiles nothing. A project
/// that is not published while it is packed (<c>IsPublishable</c>) takes what is in the folder <c>PublishDir</c>: the program that ./test
/// has published.
/// </summary>
internal sealed class ToolPacker(IReadOnlyList<string> switches, string root)
{
    private const string Project = "src/Berth.Cli";

    /// <summary>The platform of this machine.</summary>
    public static string Platform { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>The native program that ./test published, or null.</summary>
    public static string? NativeProgram { get; } =
        Environment.GetEnvironmentVariable("BERTH_AOT_PROGRAM") is { Length: > 0 } path && File.Exists(path) ? path : null;

    /// <summary>Fills a feed with all packages, and one with the portable package alone.</summary>
    public async Task PackAsync(string feed, string portableFeed)
    {
        string portable = Clear("portable");
        await DotnetCommand.RunAsync(Checkout.Root, [
            "publish", Project, .. switches, "-p:BerthTool=true", "-p:PublishAot=false", "-p:UseAppHost=false",
            $"-p:PublishDir={portable}",
        ]);
        await PackOneAsync(portableFeed, "any", "any", portable);
        await PackOneAsync(portableFeed, "any");
        // The package of a platform does not depend on the others.
        string package = Directory.EnumerateFiles(portableFeed, "berth.any.*.nupkg").Single();
        File.Copy(package, Path.Combine(feed, Path.GetFileName(package)));
        string platforms = "any";
        if (NativeProgram is not null)
        {
            string native = Clear("native");
            File.Copy(NativeProgram, Path.Combine(native, "Berth.Cli"));
            platforms = $"{Platform};any";
            await PackOneAsync(feed, platforms, Platform, native);
        }

        await PackOneAsync(feed, platforms);
    }

    /// <summary>Packs a platform's package of the files of a folder, or, without a platform, the pointer.</summary>
    private Task PackOneAsync(string feed, string platforms, string? platform = null, string? files = null)
    {
        string[] ofPlatform = platform is null ? [] : ["-r", platform, "-p:IsPublishable=false", $"-p:PublishDir={files}"];
        return DotnetCommand.RunAsync(
            "dotnet", Checkout.Root,
            ["pack", Project, .. switches, "-p:BerthTool=true", $"-p:PackageOutputPath={feed}{Path.DirectorySeparatorChar}", .. ofPlatform],
            // As a variable, because a switch of the command line cannot have a semicolon.
            ("BerthToolPlatforms", platforms));
    }

    private string Clear(string name)
    {
        string folder = Path.Combine(root, "tool", name) + Path.DirectorySeparatorChar;
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return folder;
    }
}
