using Berth.Cli.Options;

namespace Berth.Cli.Tests.Commands;

/// <summary>The values of <c>--stateful-set</c>.</summary>
public sealed class SetNamesTests
{
    private static readonly ServiceTarget s_lobby = new("games", "lobby");
    private static readonly ServiceTarget s_match = new("games", "match");

    [Theory]
    [InlineData("blue", "blue", "blue")]
    [InlineData("games/lobby=blue", "blue", null)]
    [InlineData("games/lobby=blue,games/match=green", "blue", "green")]
    [InlineData("blue, games/match=green", "blue", "green")]
    public void Name_sets_for_all_targets_or_for_each(string text, string? lobby, string? match)
    {
        SetNames names = SetNames.Parse(text, out string? fault);
        Assert.Null(fault);
        Assert.Equal((lobby, match), (names.Find(s_lobby), names.Find(s_match)));
    }

    [Theory]
    [InlineData("Blue", "'Blue'")]
    [InlineData("", "''")]
    [InlineData("games/lobby=", "''")]
    [InlineData("lobby=blue", "lobby")]
    [InlineData("a.b", "'a.b'")]
    [InlineData("blue,green", "all targets")]
    [InlineData("games/lobby=blue,games/lobby=green", "games/lobby")]
    public void Refuse_what_names_no_set_or_two_for_one_target(string text, string named)
    {
        SetNames.Parse(text, out string? fault);
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }
}
