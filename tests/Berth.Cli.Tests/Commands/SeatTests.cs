using System.Globalization;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>Seats from end to end: the local cluster with desks, service A, and a client that shows its ticket.</summary>
public sealed class SeatTests
{
    private const string Target = "k8s-example2/service-b";

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Client_gets_a_seat_and_another_one_after_it(string form)
    {
        string desks = FreePorts.Take(2).ToString(CultureInfo.InvariantCulture);
        await using LocalUp up = await LocalUp.StartAsync(form, 2, "--seats", "1", "--desk-base-port", desks);
        using HttpClient client = new() { BaseAddress = new Uri(up.Url), Timeout = Wait.Limit };
        await Wait.UntilAsync(
            () => client.GetStringAsync("/v1/seats/" + Target, TestContext.Current.CancellationToken),
            static page => page.Contains("\"capacity\":2,\"free\":2", StringComparison.Ordinal), Wait.Limit, "both desks",
            TestContext.Current.CancellationToken);
        await up.Process.Out.WaitForLineAsync(
            static line => line.StartsWith("service-b-1 ", StringComparison.Ordinal)
                && line.EndsWith("seats 0/1", StringComparison.Ordinal));
        for (int i = 0; i < 3; i++)
        {
            BerthResult result = await up.BerthAsync("call", up.Url, "good morning", "--seat", Target);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Contains("good morning", result.Out, StringComparison.Ordinal);
        }

        // Without a ticket the pod lets no client in.
        BerthResult refused = await up.BerthAsync("call", up.Url, "hello");
        Assert.Contains("refused: The text is not a ticket", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seats_without_keys_are_a_fault_of_the_options()
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any, new Dictionary<string, string> { ["POD_NAME"] = "service-b-0" }, ["echo", "--seats", "2"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--seats needs keys. Give --seat-keys too.", result.Error, StringComparison.Ordinal);
        result = await BerthProcess.RunAsync(
            Programs.Any, null, ["dispatch", "--target", Target, "--base-port", "3000", "--seat-policy", "sticky"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Seats need keys.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Desk_without_a_namespace_or_with_bad_keys_does_not_start()
    {
        using TestFolder folder = new();
        string good = folder.Write("good", "one=" + Convert.ToBase64String(new byte[32]));
        string bad = folder.Write("bad", "one=QUJD");
        Dictionary<string, string> pod = new() { ["POD_NAME"] = "service-b-0" };
        BerthResult result = await BerthProcess.RunAsync(Programs.Any, pod, ["echo", "--seats", "2", "--seat-keys", good]);
        Assert.Contains("has no namespace", result.Error, StringComparison.Ordinal);
        pod["POD_NAMESPACE"] = "games";
        result = await BerthProcess.RunAsync(Programs.Any, pod, ["echo", "--seats", "2", "--seat-keys", bad]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("at least 32", result.Error, StringComparison.Ordinal);
    }
}
