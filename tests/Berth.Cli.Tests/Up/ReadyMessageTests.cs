using System.Net;
using Berth.Cli.Up;

namespace Berth.Cli.Tests.Up;

public sealed class ReadyMessageTests
{
    [Theory]
    [InlineData("./berth", "./berth")]
    [InlineData(null, "berth")]
    [InlineData("", "berth")]
    public void First_suggestion_calls_the_program_as_it_was_started(string? variable, string command)
    {
        string named = ReadyMessage.CommandOf(name => name == "BERTH_COMMAND" ? variable : null);
        IReadOnlyList<string> lines = Lines(named);
        Assert.Equal("Ready after 1.7 s. Service A answers on http://127.0.0.1:8000. Try:", lines[0]);
        Assert.StartsWith($"  {command} call http://127.0.0.1:8000 hello ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Suggestions_that_need_other_programs_come_later()
    {
        Assert.Equal(
            ["berth", "curl", "nc", "kubectl"], Lines("berth").Skip(1).Take(4).Select(static line => line.TrimStart().Split(' ')[0]));
    }

    private static IReadOnlyList<string> Lines(string command) => ReadyMessage.ForBuiltIn(
        TimeSpan.FromSeconds(1.7), new UpOptions([], 3, 3000, 8000, null), new IPEndPoint(IPAddress.Loopback, 3002), "/tmp/kubeconfig",
        command);
}
