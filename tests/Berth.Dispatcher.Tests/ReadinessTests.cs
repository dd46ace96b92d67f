using Berth.Dispatcher.State;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>The readiness of service A, in any program.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_message_names_twenty_targets_and_counts_the_others()
    {
        await using EndpointDirectory directory = new(new PushableSource());
        DispatcherTarget[] targets =
        [
            .. Enumerable.Range(0, 22).Select(
                static i => new DispatcherTarget(new ServiceTarget("games", $"lobby-{i}"), DispatcherFixture.Ports)),
        ];
        using DispatcherState state = new(directory, new DispatcherOptions { Targets = targets }, TimeProvider.System);

        Assert.StartsWith("games/lobby-0, games/lobby-1, ", state.TargetNames, StringComparison.Ordinal);
        Assert.EndsWith(", games/lobby-19 and 2 more", state.TargetNames, StringComparison.Ordinal);
        Assert.EndsWith(", games/lobby-19 and 2 more.", state.NotReadyDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_once_every_target_has_a_snapshot_and_still_while_it_is_stale()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        Assert.Equal("ok\n", await fixture.Client.GetStringAsync("/healthz", DispatcherFixture.Cancelled));
        await fixture.GetProblemAsync("/readyz", 503, "not-ready");

        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        System.Text.Json.JsonElement waiting = await fixture.GetProblemAsync("/readyz", 503, "not-ready");
        Assert.Contains("k8s-example2/service-c", waiting.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("service-b", waiting.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // An empty set is a snapshot: a service that is scaled to zero must not take its dispatchers down.
        await fixture.Source.PublishAsync(fixture.OtherView, [], cancellationToken: DispatcherFixture.Cancelled);
        Assert.Equal("ready\n", await fixture.Client.GetStringAsync("/readyz", DispatcherFixture.Cancelled));

        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await PushableSource.WaitForAsync(fixture.View, static s => s.IsStale, DispatcherFixture.Cancelled);
        Assert.Equal("ready\n", await fixture.Client.GetStringAsync("/readyz", DispatcherFixture.Cancelled));
    }
}
