using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The image, made from the Native AOT program by deploy/image/build, taken apart and run.</summary>
public sealed partial class ImageTests : IDisposable
{
    // Small enough that a node pulls it in a second.
    private const long MaxUnpacked = 25_000_000;

    private readonly TestFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Image_has_one_program_its_libraries_and_an_unprivileged_user()
    {
        string program = Programs.Find(Programs.Image).Executable;
        Assert.SkipUnless(
            File.Exists("/usr/bin/buildah"), "buildah is not installed; ./test installs it when it runs as root and apt-get is there.");
        string archive = _folder["berth.tar"];
        (int code, string output) = await RunAsync(
            Path.Combine(Checkout.Root, "deploy", "image", "build"), "--program", program, "--output", archive, "--tag", "berth:test");
        Assert.True(code == 0, output);
        Assert.Matches(@"(?m)^image +\S+ unpacked", output);

        string layout = _folder["layout"];
        Directory.CreateDirectory(layout);
        await TarFile.ExtractToDirectoryAsync(archive, layout, overwriteFiles: true, Cancellation);
        JsonElement index = (await ReadAsync(Path.Combine(layout, "index.json"))).GetProperty("manifests")[0];
        // Whole, as a node's runtime writes it: an archive imported under the short name is not found by the kubelet.
        Assert.Equal(
            "docker.io/library/berth:test", index.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString());
        JsonElement manifest = await ReadBlobAsync(layout, index);
        JsonElement config = (await ReadBlobAsync(layout, manifest.GetProperty("config"))).GetProperty("config");
        Assert.Equal("65532:65532", config.GetProperty("User").GetString());
        Assert.Equal(["/berth"], config.GetProperty("Entrypoint").EnumerateArray().Select(static e => e.GetString()));

        string rootfs = _folder["rootfs"];
        Directory.CreateDirectory(rootfs);
        foreach (JsonElement layer in manifest.GetProperty("layers").EnumerateArray())
            await UnpackAsync(BlobPath(layout, layer), rootfs);
        string[] files =
            [.. Directory.GetFiles(rootfs, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal)];
        Assert.Contains("berth", files);
        Assert.All(
            files,
            static f => Assert.Matches(@"^(berth|ld-linux.*|libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|librt\.so\.1)$", f));
        long size = Directory.GetFiles(rootfs, "*", SearchOption.AllDirectories).Sum(static f => new FileInfo(f).Length);
        Assert.True(size <= MaxUnpacked, $"The image holds {size} bytes, more than {MaxUnpacked}.");

        // Inside there is only the image, so missing files are found here.
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may chroot into the image to run it.");
        (code, output) = await RunAsync("chroot", "--userspec=65532:65532", rootfs, "/berth", "version");
        Assert.True(code == 0, output);
        Assert.StartsWith("berth ", output, StringComparison.Ordinal);
        (code, output) = await RunAsync(
            "chroot", "--userspec=65532:65532", rootfs, "/berth", "get", "endpoints", "a/b", "--kubeconfig", "/missing");
        Assert.Equal(2, code);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        // As a container runtime does, give it the one device that it needs; then it gets as far as the network.
        Directory.CreateDirectory(Path.Combine(rootfs, "dev"));
        (code, output) = await RunAsync("mknod", "-m", "666", Path.Combine(rootfs, "dev", "urandom"), "c", "1", "9");
        Assert.SkipWhen(code != 0, $"No device can be made here, so the program was not run against the network: {output}");
        await File.WriteAllTextAsync(
            Path.Combine(rootfs, "kubeconfig"), FakeKubernetes.KubeconfigFor($"https://127.0.0.1:{FreePorts.Take()}"), Cancellation);
        (code, output) = await RunAsync(
            "chroot", "--userspec=65532:65532", rootfs, "/berth", "get", "endpoints", "a/b", "--kubeconfig", "/kubeconfig");
        Assert.Equal(3, code);
        Assert.Contains("refused", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up", "--replicas", "5")]
    [InlineData("local", "fault", "compact")]
    public async Task Its_program_has_no_local_cluster_and_says_so(params string[] command)
    {
        BerthResult result = await BerthProcess.RunAsync(Programs.Image, null, command);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"without the local cluster, so it has no 'berth {command[0]}'", result.Error, StringComparison.Ordinal);
        BerthResult help = await BerthProcess.RunAsync(Programs.Image, null, "--help");
        help.AssertOk();
        Assert.DoesNotContain("local cluster", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Called_functions_of_the_program_are_together()
    {
        string symbols = Path.Combine(Path.GetDirectoryName(Programs.Find(Programs.Image).Executable)!, "Berth.Cli.dbg");
        (int code, string output) = await RunAsync("objdump", "-t", symbols);
        Assert.True(code == 0, output);
        // ADDRESS FLAGS __managedcode SIZE NAME
        string[] functions =
            [.. output.Split('\n').Where(static line => line.Contains(" F __managedcode\t", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(NameOf)];
        string[] listed = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "tools", "layout", "functions.txt"), Cancellation);
        HashSet<string> present = [.. listed.Intersect(functions)];
        Assert.True(
            present.Count >= 0.9 * listed.Length,
            $"{present.Count} of the {listed.Length} functions of tools/layout/functions.txt are in the program. Run tools/layout/record.");
        int inFront = functions.Take(present.Count).Count(present.Contains);
        Assert.True(
            inFront >= 0.98 * present.Count,
            $"{inFront} of these {present.Count} functions lie in front: the compiler did not follow the order.");

        // The linker puts the listed sections of .NET's runtime, and whole source files of OpenSSL, in a section of their own.
        HashSet<string> first =
            [.. output.Split('\n').Where(static line => line.Contains(" F .text.first\t", StringComparison.Ordinal)).Select(NameOf)];
        string script = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tools", "layout", "native.ld"), Cancellation);
        string[] native = [.. NativeFunctions().Matches(script).Select(static match => match.Groups[1].Value)];
        int together = native.Count(first.Contains);
        Assert.True(
            together >= 0.9 * native.Length && first.Contains("SSL_accept"),
            $"{together} of the {native.Length} native functions of tools/layout/native.ld are together. Run tools/layout/record.");

        static string NameOf(string line) =>
            line[(line.IndexOf('\t', StringComparison.Ordinal) + 18)..].Replace(".hidden ", "", StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"\*\(\.text\.([^)]+)\)")]
    private static partial Regex NativeFunctions();

    private static async Task UnpackAsync(string layer, string rootfs)
    {
        await using FileStream file = File.OpenRead(layer);
        bool compressed = file.ReadByte() == 0x1f;
        file.Position = 0;
        await using Stream tar = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        await TarFile.ExtractToDirectoryAsync(tar, rootfs, overwriteFiles: true, Cancellation);
    }

    private static string BlobPath(string layout, JsonElement descriptor) =>
        Path.Combine(layout, "blobs", descriptor.GetProperty("digest").GetString()!.Replace(':', '/'));

    private static Task<JsonElement> ReadBlobAsync(string layout, JsonElement descriptor) => ReadAsync(BlobPath(layout, descriptor));

    private static async Task<JsonElement> ReadAsync(string path)
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, Cancellation));
        return document.RootElement.Clone();
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(command, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
        Task<string> error = process.StandardError.ReadToEndAsync(Cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, output + await error);
    }
}
