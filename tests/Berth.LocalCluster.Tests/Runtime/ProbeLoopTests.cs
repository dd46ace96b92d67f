using System.Text.Json.Nodes;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.LocalCluster.Runtime;

/// <summary>Probes that cannot be made: they are not failed probes, and the next ones count.</summary>
public sealed class ProbeLoopTests
{
    [Fact]
    public async Task Probe_that_cannot_be_made_is_reported_once_and_made_again()
    {
        TestClock time = new() { IsHurried = true };
        Queue<bool?> results = new([true, null, null, false, true, null, false]);
        List<bool> told = [];
        List<string> failures = [];
        using CancellationTokenSource ending = new();
        Task following = LoopOf(time, results, failures).FollowAsync(
            good =>
            {
                told.Add(good);
                if (results.Count == 0)
                    ending.Cancel();
            },
            ending.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.WaitAsync(Wait.Limit, TestCluster.Token));

        Assert.True(following.IsCanceled);
        Assert.Equal([true, false, true, false], told);
        Assert.Equal(["The disk is full.", "The disk is full."], failures);
    }

    [Fact]
    public async Task Probe_that_cannot_be_made_is_no_lost_one()
    {
        TestClock time = new() { IsHurried = true };
        Queue<bool?> results = new([null, null, true, null, false]);
        List<string> failures = [];

        await LoopOf(time, results, failures).UntilLostAsync(TestCluster.Token).WaitAsync(Wait.Limit, TestCluster.Token);

        Assert.Empty(results);
    }

    private static ProbeLoop LoopOf(TimeProvider time, Queue<bool?> results, List<string> failures)
    {
        JsonObject probe = new() { ["periodSeconds"] = 10, ["failureThreshold"] = 1 };
        ContainerLaunch launch = new("c", "/bin/true", [], new Dictionary<string, string>(), null, "127.0.0.1", new ContainerLog(time));
        KubeletContext context = new(
            new ScriptedProbes(results), null, new Dictionary<string, string>(), null!, null!, null!, time, NullLogger.Instance);
        return new ProbeLoop(probe, launch, context, exception => failures.Add(exception.Message));
    }

    /// <summary>Gives one result after the other. Null stands for a probe that cannot be made.</summary>
    private sealed class ScriptedProbes(Queue<bool?> results) : IContainerRuntime
    {
        public bool CanMount => false;

        public Task<IContainerInstance> StartAsync(ContainerLaunch launch) => throw new NotSupportedException();

        public Task<int> ExecAsync(ContainerLaunch launch, IExecSession session, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> ProbeAsync(JsonObject probe, ContainerLaunch launch, CancellationToken cancellationToken) =>
            results.Dequeue() is { } good ? Task.FromResult(good) : Task.FromException<bool>(new IOException("The disk is full."));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
