using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>The npm package by itself: its files, its types, and its own tests.</summary>
public sealed partial class NpmPackageTests
{
    [Fact]
    public async Task Package_has_code_types_readme_and_license_alone()
    {
        string installed = Path.Combine(await NpmPackage.InstallAsync(), NpmPackage.Installed);
        string[] files =
        [
            .. Directory.EnumerateFiles(installed, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(installed, file)).Order(StringComparer.Ordinal),
        ];
        IEnumerable<string> modules = Directory.EnumerateFiles(Path.Combine(NpmPackage.Source, "src"))
            .Select(static file => Path.GetFileNameWithoutExtension(file)).SelectMany(
                static module => new[] { $"dist/{module}.d.ts", $"dist/{module}.js" });
        Assert.Equal(modules.Concat(["LICENSE", "README.md", "package.json"]).Order(StringComparer.Ordinal), files);
        string license = await File.ReadAllTextAsync(Path.Combine(installed, "LICENSE"), DispatcherFixture.Cancelled);
        Assert.Equal(Checkout.Read("LICENSE"), license);
    }

    [Fact]
    public void Package_has_the_version_of_the_others_and_no_dependency()
    {
        string manifest = Checkout.Read("clients/typescript/package.json");
        string version = Regex.Match(Checkout.Read("Directory.Build.props"), "<Version>(.*)</Version>").Groups[1].Value;
        Assert.Contains($"\"version\": \"{version}\"", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("\"dependencies\"", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("\"peerDependencies\"", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_of_the_documents_compile_strictly()
    {
        string folder = await NpmPackage.InstallAsync();
        string text = Checkout.Read("clients/typescript/README.md") + Checkout.Read("docs/clients.md");
        string[] files = [.. Examples().Matches(text).Select((match, index) => Write(folder, index, match.Groups[1].Value))];
        Assert.True(files.Length >= 3, "The documents have no examples.");
        await NpmPackage.CompileAsync(
            folder,
            [
                "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "nodenext",
                "--lib", "es2022,dom", .. files,
            ]);
    }

    [Fact]
    public async Task Tests_of_the_package_pass_in_node()
    {
        await NpmPackage.InstallAsync();
        string[] files = [.. Directory.GetFiles(Path.Combine(NpmPackage.Source, "test"), "*.test.mjs").Order(StringComparer.Ordinal)];
        string output = await NpmPackage.RunAsync("node", NpmPackage.Source, ["--test", "--test-reporter=tap", .. files]);
        Match passed = Regex.Match(output, "^# pass ([0-9]+)$", RegexOptions.Multiline);
        Assert.True(passed.Success && passed.Groups[1].Value != "0", output);
    }

    private static string Write(string folder, int index, string example)
    {
        // An example without an import goes on where the first one ends.
        string start = example.Contains("import ", StringComparison.Ordinal)
            ? ""
            : """
              import { BerthClient, BerthError } from "@berth/client";
              declare const berth: BerthClient;
              declare function connect(address: string, ticket?: string): Promise<void>;

              """;
        string file = $"example-{index}.mts";
        File.WriteAllText(Path.Combine(folder, file), start + example + "\nexport {};\n");
        return file;
    }

    [GeneratedRegex("^```ts\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Examples();
}
