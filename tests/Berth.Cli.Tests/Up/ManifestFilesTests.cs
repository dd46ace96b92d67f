using Berth.Cli.Files;
using Berth.Cli.Hosting;

namespace Berth.Cli.Tests.Up;

public sealed class ManifestFilesTests
{
    [Fact]
    public void A_kustomization_that_only_names_resources_is_read_without_kubectl()
    {
        string[] origins =
            [.. ManifestFiles.Read(Path.Combine(Checkout.Root, "deploy/base")).Select(static file => Path.GetFileName(file.Origin))];
        Assert.Contains("service-a.yaml", origins);
        Assert.Contains("service-b.yaml", origins);
        Assert.DoesNotContain("kustomization.yaml", origins);
    }

    [Fact]
    public void Kustomization_with_patches_is_read_by_kubectl()
    {
        bool kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Any(static folder => File.Exists(Path.Combine(folder, "kubectl")));
        Assert.SkipWhen(!kubectl, "kubectl is not on the PATH.");
        (string text, _) = Assert.Single(ManifestFiles.Read(Path.Combine(Checkout.Root, "deploy/overlays/external-addresses")));
        Assert.Contains("berth-nodes-reader", text, StringComparison.Ordinal);
        Assert.Contains("value: external", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kustomization.yaml", "", "kustomization.yaml is empty")]
    [InlineData("kustomization.yaml", "resources: ['.']", "leads back to itself")]
    [InlineData("kustomization.yaml", "resources: [../x.yaml]", "names ../x.yaml, which is not in or below its folder")]
    [InlineData("kustomization.yaml", "resources: [sub]", "names the folder sub, which has no kustomization.yaml")]
    [InlineData("README.md", "x", "has no manifest: recognized file extensions are .json, .yaml and .yml")]
    public void Folder_that_names_no_manifests_is_refused(string file, string text, string expected)
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["sub"]);
        folder.Write(file, text);

        CommandException exception = Assert.Throws<CommandException>(() => ManifestFiles.Read(folder.Root).ToList());

        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kustomization_without_a_bottom_is_refused()
    {
        using TestFolder folder = new();
        folder.Write("kustomization.yaml", "resources: " + new string('[', 20_000) + new string(']', 20_000));

        Assert.Contains(
            "nested deeper than 64 levels", Assert.Throws<CommandException>(() => ManifestFiles.Read(folder.Root).ToList()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Kustomization_that_is_not_YAML_is_refused_with_its_line()
    {
        using TestFolder folder = new();
        folder.Write("kustomization.yaml", "resources: [");

        CommandException fault = Assert.Throws<CommandException>(() => ManifestFiles.Read(folder.Root).ToList());

        Assert.Equal(ExitCode.Usage, fault.ExitCode);
        Assert.Contains("kustomization.yaml is not valid YAML at line ", fault.Message, StringComparison.Ordinal);
    }
}
