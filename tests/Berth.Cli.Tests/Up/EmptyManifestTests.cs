using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary>Manifests without an object: there is nothing to wait for, so they are refused, as by kubectl.</summary>
public sealed class EmptyManifestTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n---\n")]
    public async Task File_without_an_object_is_refused(string text)
    {
        using TestFolder folder = new();
        string file = folder.Write("empty.yaml", text);

        BerthResult result = await BerthProcess.RunAnyAsync("up", "-f", file);

        result.AssertRefused(2, "No objects to apply", file, "has none. Name a file with manifests.");
    }
}
