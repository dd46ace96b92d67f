using System.Text.RegularExpressions;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The documents against the program and the tree: no command that does not exist, no link that leads nowhere.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents { get; } =
        [.. Directory.GetFiles(Checkout.Root, "*.md")
            .Concat(
                Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories)).Select(f =>
                    Path.GetRelativePath(Checkout.Root, f))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_berth_command_shown_is_one_that_the_program_takes(string document)
    {
        foreach (Match match in BerthCommand().Matches(Checkout.Read(document)))
        {
            string line = match.Groups["line"].Value.Split('#')[0].Split('|')[0].Trim();
            List<string> words = [.. Word().Matches(line).Select(static w => w.Value.Trim('\'', '"'))];
            // Placeholders of a synopsis, such as NS/SVC, are read as values.
            words = [.. words.Select(static w => w is "NS/SVC" or "NAMESPACE/SERVICE" ? "ns/svc" : w)];
            Assert.True(
                CommandLines.FaultsOf(words).Count == 0, $"{document}: 'berth {line}': {string.Join(' ', CommandLines.FaultsOf(words))}");
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_to_a_file(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Checkout.Root, document))!;
        foreach (Match match in Link().Matches(Checkout.Read(document)))
        {
            string target = match.Groups["target"].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
                Assert.True(Path.Exists(Path.Combine(folder, target)), $"{document} links to {target}, which is not there.");
        }
    }

    [Fact]
    public void The_first_screen_of_the_README_shows_the_two_commands()
    {
        string first = string.Join('\n', Checkout.Read("README.md").Split('\n').Take(15));
        Assert.Contains("./run", first, StringComparison.Ordinal);
        Assert.Contains("./test", first, StringComparison.Ordinal);
        Assert.Contains("passed", first, StringComparison.Ordinal);
    }

    // In code spans and code blocks: `berth get port`, ./berth up --nodes 3
    [GeneratedRegex(
        @"(?m)(?:`|^\$? ?|^POD_NAME=\S+ )(?:\./)?berth (?<line>(?:up|dispatch|echo|probe|call|get|watch|version|local|seats|drain|plan"
            + @"|completion|doctor|exec|mesh)\b[^`\n]*)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex BerthCommand();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
