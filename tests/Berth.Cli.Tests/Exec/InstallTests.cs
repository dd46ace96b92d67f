using System.Diagnostics;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary>
/// <c>berth exec --install</c>: the native program runs in a root folder without its C library. A chroot replaces the image.
/// </summary>
public sealed class InstallTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Programs.Native)]
    [InlineData(Programs.Image)]
    public async Task Server_starts_in_a_root_folder_with_nothing_but_itself(string form)
    {
        using TestFolder root = new();
        string[] start = await InstallAsync(form, root);
        // The server of an empty image is a static program; here it is Berth again, which finds its libraries by itself.
        BerthResult result = await ChrootAsync(root, [.. start, "exec", "--fixed-port", ExecRun.FreeBase(), "--", .. start, "version"]);
        result.AssertOk();
        Assert.StartsWith("berth ", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Programs.Native)]
    [InlineData(Programs.Image)]
    public async Task Server_starts_in_a_root_folder_with_musl(string form)
    {
        const string Loader = "/lib/ld-musl-x86_64.so.1";
        Assert.SkipUnless(
            File.Exists("/bin/busybox") && File.Exists(Loader), "The Debian packages busybox-static and musl are not installed.");
        using TestFolder root = new();
        string[] start = await InstallAsync(form, root);
        Directory.CreateDirectory(root["bin"]);
        Directory.CreateDirectory(root["lib"]);
        File.Copy("/bin/busybox", root["bin/busybox"]);
        File.Copy(Loader, root[Loader[1..]]);
        string basePort = ExecRun.FreeBase();
        BerthResult result = await ChrootAsync(
            root, [.. start, "exec", "--base-port", basePort, "--", "/bin/busybox", "sh", "-c", "echo {port} $BERTH_POD_ORDINAL; exit 5"]);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal($"{ExecRun.PortOf(basePort)} 2", result.Out);
        // musl's own loader with a musl program: it needs none of Berth's libraries.
        BerthResult musl = await ChrootAsync(root, [.. start, "exec", "--base-port", basePort, "--", Loader, "--version"]);
        Assert.Contains("musl libc", musl.Error, StringComparison.Ordinal);
    }

    /// <summary>Installs the program below a root folder. Returns the words that start it inside.</summary>
    private static async Task<string[]> InstallAsync(string form, TestFolder root)
    {
        _ = Programs.Find(form);
        BerthResult installed = await BerthProcess.RunAsync(form, null, "exec", "--install", root["opt/berth"]);
        installed.AssertOk();
        return installed.Out.Replace(root.Root, "", StringComparison.Ordinal).Split(' ');
    }

    private static async Task<BerthResult> ChrootAsync(TestFolder root, string[] words)
    {
        ProcessStartInfo info = new("chroot", [root.Root, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in ExecRun.Pod())
            info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancelled);
        string error = await process.StandardError.ReadToEndAsync(Cancelled).WaitAsync(Wait.Limit, Cancelled);
        await process.WaitForExitAsync(Cancelled);
        Assert.SkipWhen(error.Contains("cannot change root directory", StringComparison.Ordinal), "Only root may change the root folder.");
        return new BerthResult(process.ExitCode, (await output).TrimEnd('\n'), error.TrimEnd('\n'));
    }
}
