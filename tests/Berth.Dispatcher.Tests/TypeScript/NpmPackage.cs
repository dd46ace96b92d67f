using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>The npm package of <c>clients/typescript</c>: built, packed and installed once a run, below artifacts/.</summary>
internal static class NpmPackage
{
    private static readonly string s_folder = Path.Combine(Checkout.Root, "artifacts", "test", "typescript");
    private static readonly Lazy<Task> s_installed = new(PackAsync);

    /// <summary>The sources.</summary>
    public static string Source { get; } = Path.Combine(Checkout.Root, "clients", "typescript");

    /// <summary>The package in the folder that it is installed in.</summary>
    public static string Installed { get; } = Path.Combine("node_modules", "@berth", "client");

    /// <summary>Installs the package, and returns the folder of a program that has it.</summary>
    public static async Task<string> InstallAsync()
    {
        Assert.SkipUnless(
            File.Exists(Compiler), $"{Source} has no compiler in node_modules. ./test installs it there where npm is on the PATH.");
        await s_installed.Value;
        return s_folder;
    }

    /// <summary>Runs the compiler that the lock file pins.</summary>
    public static Task<string> CompileAsync(string folder, params string[] arguments) => RunAsync("node", folder, [Compiler, .. arguments]);

    /// <summary>Runs a program and returns its output. An exit code other than 0 fails the test, with the output.</summary>
    public static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(DispatcherFixture.Cancelled);
            Task<string> errors = process.StandardError.ReadToEndAsync(DispatcherFixture.Cancelled);
            await process.WaitForExitAsync(DispatcherFixture.Cancelled);
            Assert.True(
                process.ExitCode == 0,
                $"{program} {string.Join(' ', arguments)} in {folder} ended with {process.ExitCode}:\n{await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string Compiler => Path.Combine(Source, "node_modules", "typescript", "bin", "tsc");

    private static async Task PackAsync()
    {
        if (Directory.Exists(s_folder))
            Directory.Delete(s_folder, recursive: true);
        Directory.CreateDirectory(Path.Combine(s_folder, "node_modules", "@berth"));
        await RunAsync("npm", Source, "pack", "--silent", "--no-update-notifier", "--pack-destination", s_folder);
        string file = Assert.Single(Directory.GetFiles(s_folder, "*.tgz"));
        await using (FileStream packed = File.OpenRead(file))
        {
            await using GZipStream tar = new(packed, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(tar, s_folder, overwriteFiles: false, DispatcherFixture.Cancelled);
        }

        Directory.Move(Path.Combine(s_folder, "package"), Path.Combine(s_folder, Installed));
    }
}
