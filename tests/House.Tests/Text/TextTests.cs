using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.House.Text;

/// <summary>Rules for the text of the repository: words, widths and lengths.</summary>
public sealed class TextTests
{
    private const int MaxWidth = 140;
    private const int MaxLines = 300;

    private static readonly string[] s_code = ["src", "tests", "bench", "fuzz", "samples", "tools"];
    private static readonly string[] s_endings = [".cs", ".md", ".sh", ".yaml", ".ts", ".js", ".css", ".html", ""];
    private static readonly string[] s_folded = [".sh", ".ts", ".js", ".css", ".html", ""];
    private static readonly string[] s_built = ["artifacts", "BenchmarkDotNet.Artifacts", "bin", "obj", "dist", "node_modules"];
    private static readonly string[] s_data = ["Fixtures", "Recordings", "corpus", "findings"];

    [Fact]
    public void No_refused_word_is_used()
    {
        Exceptions exceptions = Exceptions.Read("refused-words.txt");
        Regex words = new(
            $@"\b({string.Join('|', exceptions.Words.Select(Regex.Escape))})\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        string[] faults =
        [
            .. Files(s_endings).Where(file => !exceptions.Allows(file)).SelectMany(file => Lines(file)
                .Select(static line => (line.Number, Text: line.Text.Replace('_', ' ')))
                .Where(line => words.IsMatch(line.Text))
                .Select(line => $"{file}:{line.Number}: '{words.Match(line.Text).Value}'. Use a plainer word; see docs/glossary.md.")),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Fact]
    public void Summary_starts_with_the_thing_or_the_verb()
    {
        Regex opening = new(
            @"<summary>\s*(///\s*)?(What|How|Whose|Who|Which|Whether|Where|When|That|Of|As|If|From|For|Without|Since|Before|On)\b",
            RegexOptions.NonBacktracking);
        string[] faults =
        [
            .. CodeFiles()
                .SelectMany(file => opening.Matches(Checkout.Read(file)).Select(match => $"{file}: '{match.Groups[2].Value} ...'.")),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Fact]
    public void Loggers_of_rooms_never_throw()
    {
        // Berth.LocalCluster references no room, and its loggers are those of the program that owns it.
        string[] faults =
        [
            .. CodeFiles().Where(static file => file.StartsWith("src/", StringComparison.Ordinal)
                && !file.StartsWith("src/Berth.LocalCluster/", StringComparison.Ordinal) && file != "src/Berth/Logging/SafeLoggers.cs")
                .SelectMany(static file => Lines(file).Where(static line => line.Text.Contains(".CreateLogger(", StringComparison.Ordinal))
                    .Select(line => $"{file}:{line.Number}: a logger that throws would end a loop. Use CreateSafeLogger.")),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Theory]
    [InlineData(@"\bcatch \(\S+ (?!exception\))\w+\)", "A caught exception is named exception.")]
    [InlineData(
        @"\b(const|static readonly) \S+ (s_)?([Ll]ongest|[Ss]hortest|[Mm]ost|[Ll]east|[Mm]aximum|[Mm]inimum|[Hh]ighest|[Ll]owest)",
        "The name of a limit starts with Max or Min.")]
    public void One_thing_has_one_name(string pattern, string rule)
    {
        Regex other = new(pattern);
        string[] faults =
        [
            .. CodeFiles().SelectMany(file => Lines(file)
                .Where(line => other.IsMatch(line.Text)).Select(line => $"{file}:{line.Number}: {rule}")),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Fact]
    public void No_line_of_code_is_wider_than_140_characters()
    {
        Exceptions exceptions = Exceptions.Read("wide-files.txt");
        string[] faults =
        [
            .. CodeFiles().Concat(Files(s_folded)).Concat(Tables()).Where(file => !exceptions.Allows(file)).SelectMany(file => Lines(file)
                .Where(static line => line.Text.Length > MaxWidth)
                .Select(line => $"{file}:{line.Number} has {line.Text.Length} characters. Fold it.")),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Fact]
    public void No_file_of_code_is_longer_than_300_lines()
    {
        Exceptions exceptions = Exceptions.Read("long-files.txt");
        string[] faults =
        [
            .. CodeFiles().Where(file => !exceptions.Allows(file) && Lines(file).Count() > MaxLines)
                .Select(static file => $"{file} has more than {MaxLines} lines. Divide it, or give the reason in long-files.txt."),
        ];
        Assert.Equal("", string.Join('\n', faults));
    }

    [Theory]
    [InlineData("refused-words.txt")]
    [InlineData("wide-files.txt")]
    [InlineData("long-files.txt")]
    public void Every_exception_names_a_file_and_a_reason(string list)
    {
        Assert.All(Exceptions.Read(list).Files, static entry =>
        {
            Assert.True(File.Exists(Path.Combine(Checkout.Root, entry.Key)), $"{entry.Key} does not exist. Remove it from the list.");
            Assert.True(entry.Value.Length > 10, $"{entry.Key} has no reason.");
        });
    }

    private static IEnumerable<string> CodeFiles() =>
        Files([".cs"]).Where(static file => s_code.Contains(file.Split('/')[0], StringComparer.Ordinal));

    /// <summary>Tables that programs and tests read.</summary>
    private static IEnumerable<string> Tables() => Files([".txt"]).Where(static file =>
        s_code.Contains(file.Split('/')[0], StringComparer.Ordinal) && !file.Contains("/PublicAPI.", StringComparison.Ordinal));

    private static IEnumerable<string> Files(string[] endings) => Directory.EnumerateFiles(Checkout.Root, "*", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
        .Where(file => endings.Contains(Path.GetExtension(file), StringComparer.Ordinal))
        .Where(static file => !file.StartsWith('.') && !IsIn(s_built, file))
        // Code beside data is code.
        .Where(static file => Path.GetExtension(file) == ".cs" || !IsIn(s_data, file))
        .Where(static file => Path.HasExtension(file) || IsScript(file))
        .Order(StringComparer.Ordinal);

    private static bool IsIn(string[] folders, string file) =>
        file.Split('/')[..^1].Any(part => folders.Contains(part, StringComparer.Ordinal));

    private static bool IsScript(string file)
    {
        byte[] first = new byte[2];
        using FileStream stream = File.OpenRead(Path.Combine(Checkout.Root, file));
        return stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first.AsSpan().SequenceEqual("#!"u8);
    }

    private static IEnumerable<(int Number, string Text)> Lines(string file) =>
        File.ReadLines(Path.Combine(Checkout.Root, file)).Select(static (text, index) => (index + 1, text));

    /// <summary>
    /// A list of exceptions beside the tests: <c>FILE: REASON</c>, and <c>WORD</c> for a refused word; # starts a comment.
    /// </summary>
    private sealed record Exceptions(IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Files)
    {
        public static Exceptions Read(string list)
        {
            string[] lines =
            [
                .. Checkout.Read("tests/House.Tests/Text/" + list).Split('\n')
                    .Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#'),
            ];
            return new Exceptions(
                [.. lines.Where(static line => !line.Contains(':', StringComparison.Ordinal))],
                lines.Where(static line => line.Contains(':', StringComparison.Ordinal)).Select(static line => line.Split(':', 2))
                    .ToDictionary(static parts => parts[0], static parts => parts[1].Trim(), StringComparer.Ordinal));
        }

        public bool Allows(string file) => Files.ContainsKey(file);
    }
}
