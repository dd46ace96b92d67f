using Berth.TestKit;

namespace Berth.House.Calm;

/// <summary>No test depends on how fast the machine is: this reads all of them.</summary>
public sealed class CalmTests
{
    private const string List = "tests/House.Tests/Calm/allowed.txt";

    [Fact]
    public void No_test_depends_on_the_speed_of_the_machine()
    {
        IReadOnlyDictionary<string, string> allowed = ReadAllowed();
        (string Key, string Text)[] faults =
        [
            .. Files().SelectMany(static file => CalmRules.Find(Checkout.Read(file))
                .Select(fault => ($"{fault.Rule} {file}", $"{file}:{fault.Line} ({fault.Rule}): {fault.Advice}"))),
        ];

        string[] found = [.. faults.Where(fault => !allowed.ContainsKey(fault.Key)).Select(static fault => fault.Text)];
        Assert.True(found.Length == 0, string.Join('\n', found));
        // A place that is allowed and no longer needed could hide a later fault.
        Assert.Empty(allowed.Keys.Except(faults.Select(static fault => fault.Key)));
        Assert.All(allowed.Values, static reason => Assert.True(reason.Length > 20, $"'{reason}' is no reason."));
    }

    [Theory]
    [InlineData("yield", "while (!done) await Task.Yield();")]
    [InlineData("yield", "do { await Task.Yield(); } while (!done);")]
    [InlineData("yield", "for (;;) { await Task.Yield(); }")]
    [InlineData("", "for (int i = 0; i < 10; i++) await Task.Yield();")]
    [InlineData("", "while (!done) Add(async () => await Task.Yield());")]
    [InlineData("sleep", "Thread.Sleep(1);")]
    [InlineData("delay", "await Task.Delay(1);")]
    [InlineData("delay", "await Task.Delay(TimeSpan.FromSeconds(1), token);")]
    [InlineData("", "await Task.Delay(Timeout.Infinite, token);")]
    [InlineData("limit", "using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));")]
    [InlineData("limit", "Use(new CancellationTokenSource(5_000));")]
    [InlineData("", "using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5), clock);")]
    [InlineData("", "using CancellationTokenSource limit = new(Wait.Limit);")]
    [InlineData("limit", "limit.CancelAfter(TimeSpan.FromSeconds(59.9));")]
    [InlineData("", "limit.CancelAfter(TimeSpan.FromMinutes(1));")]
    [InlineData("limit", "TimeSpan s_prompt = TimeSpan.FromSeconds(10); await task.WaitAsync(s_prompt, token);")]
    [InlineData("", "await task.WaitAsync(TimeSpan.FromSeconds(10), clock, token);")]
    [InlineData("", "await harness.WaitAsync(0, State.Open);")]
    [InlineData("limit", "await Wait.UntilAsync(ask, is, TimeSpan.FromSeconds(10), \"it\", token);")]
    [InlineData("limit", "HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };")]
    [InlineData("limit", "client.Timeout = TimeSpan.FromSeconds(30);")]
    [InlineData("temporary", "string path = Path.GetTempFileName();")]
    [InlineData("temporary", "Use(Directory.CreateTempSubdirectory());")]
    public void Each_rule_finds_its_fault_and_no_other(string rule, string statement)
    {
        string text = $$"""class Tests { [Fact] public async Task A_test() { {{statement}} } }""";

        Assert.Equal(rule, string.Join(' ', CalmRules.Find(text).Select(static fault => fault.Rule)));
    }

    [Theory]
    [InlineData(70, "[Fact]", 0)]
    [InlineData(71, "[Fact]", 1)]
    [InlineData(71, "[Theory, InlineData(1)]", 1)]
    [InlineData(71, "", 0)]
    public void Test_name_has_at_most_70_characters(int length, string attribute, int faults)
    {
        string text = $$"""class Tests { {{attribute}} public void {{new string('A', length)}}() { } }""";

        Assert.Equal(faults, CalmRules.Find(text).Count(static fault => fault.Rule == "name"));
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
            .Where(static file => !file.Split('/').Any(static part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads <c>RULE FILE: REASON</c>; # starts a comment.</summary>
    private static Dictionary<string, string> ReadAllowed() => Checkout.Read(List).Split('\n')
        .Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#')
        .Select(static line => line.Split(':', 2))
        .ToDictionary(static parts => parts[0], static parts => parts[1].Trim(), StringComparer.Ordinal);
}
