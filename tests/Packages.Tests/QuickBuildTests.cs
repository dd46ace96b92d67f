using Berth.TestKit;

namespace Berth.Packages;

/// <summary>The build of <c>./berth</c> and <c>./run</c> in a fresh checkout, and the compiler that ends with it.</summary>
public sealed class QuickBuildTests(PackedFeed feed)
{
    /// <summary>All that the build reads.</summary>
    private static readonly string[] s_parts =
        ["src", "deploy/base", "tools", "berth", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];

    private static readonly (string, string) s_packages = ("NUGET_PACKAGES", DotnetCommand.GlobalPackages());

    [Fact]
    public async Task Fresh_checkout_is_built_once_and_then_only_run()
    {
        string checkout = feed.CreateFolder("quick-build");
        foreach (string part in s_parts)
            Copy(Path.Combine(Checkout.Root, part), Path.Combine(checkout, part));

        string first = await ShellAsync(checkout, "./berth version 2>&1");
        Assert.Contains("Building the program, because there is no build yet.", first, StringComparison.Ordinal);
        Assert.Contains("berth: Built in ", first, StringComparison.Ordinal);
        Assert.Contains("\nberth 0.", first, StringComparison.Ordinal);

        string second = await ShellAsync(checkout, "./berth version 2>&1");
        Assert.StartsWith("berth 0.", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_compiler_ends_with_the_command_it_was_for()
    {
        string folder = FreshProject.CreateFolder(feed, "one-compiler");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Empty.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);

        string script = Path.Combine(Checkout.Root, "tools", "one-compiler");
        string output = await ShellAsync(
            folder,
            $"'{script}' sh -c 'dotnet build -v quiet --nologo && test -S /tmp/$SharedCompilationId && echo socket $SharedCompilationId'");
        string name = output.Split("socket ")[1].Trim();
        Assert.StartsWith("berth-build-", name, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine("/tmp", name)));
        // The script removes the socket in any case, so the process is looked for too.
        Assert.DoesNotContain(CommandLines(), line => line.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_compiler_keeps_the_exit_code()
    {
        string script = Path.Combine(Checkout.Root, "tools", "one-compiler");
        string output = await ShellAsync(Checkout.Root, $"'{script}' sh -c 'exit 7'; echo $?");
        Assert.Equal("7", output.Trim());
    }

    private static Task<string> ShellAsync(string folder, string command) =>
        DotnetCommand.RunAsync("sh", folder, ["-c", command], s_packages);

    /// <summary>The command lines of the processes of this machine.</summary>
    private static IEnumerable<string> CommandLines()
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(static path => char.IsDigit(Path.GetFileName(path)[0])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                // It has ended.
                continue;
            }

            yield return line;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(from))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}
