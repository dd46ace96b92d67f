using System.Diagnostics;

namespace Berth.Packages;

/// <summary>One command of a program, with its output. It leaves no process behind.</summary>
internal static class DotnetCommand
{
    /// <summary>Runs <c>dotnet</c> and returns its output. An exit code other than 0 fails the test, with the output.</summary>
    public static Task<string> RunAsync(string folder, params string[] arguments) => RunAsync("dotnet", folder, arguments);

    /// <summary>Runs a program and returns its output. An exit code other than 0 fails the test, with the output.</summary>
    public static async Task<string> RunAsync(
        string program, string folder, IReadOnlyList<string> arguments, params (string Name, string Value)[] variables)
    {
        using Process process = Process.Start(Start(program, folder, arguments, variables))!;
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancelled);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancelled);
            await process.WaitForExitAsync(cancelled);
            string text = await output;
            Assert.True(
                process.ExitCode == 0,
                $"{program} {string.Join(' ', arguments)} in {folder} ended with {process.ExitCode}:\n{text}{await errors}");
            return text;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The start of a program whose output is read, with the packages of the feed.</summary>
    public static ProcessStartInfo Start(
        string program, string folder, IReadOnlyList<string> arguments, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // A node or a compiler that stays would keep the output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // Packages of Berth come from the feed alone. Others that are on this machine already are not fetched again.
        start.Environment["NUGET_PACKAGES"] = PackedFeed.Cache;
        start.Environment["RestoreFallbackFolders"] = GlobalPackages();
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>The folder of packages that are on this machine already, or an empty text.</summary>
    public static string GlobalPackages()
    {
        string? named = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        string folder = string.IsNullOrEmpty(named)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")
            : named;
        return Directory.Exists(folder) ? folder : "";
    }
}
