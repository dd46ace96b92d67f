using Berth.LocalCluster.Api;
using Berth.TestKit;

namespace Berth.LocalCluster.Faults;

/// <summary>Faults that fail after their answer was sent.</summary>
public sealed class FaultHandlerTests
{
    private static readonly TimeSpan s_lasting = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData("cut", "begin")]
    [InlineData("restore", "end")]
    public async Task Lasting_fault_that_fails_does_not_block_the_next(string failing, string step)
    {
        TestClock time = new();
        RecordingLogger logger = new();
        FailingFaults faults = new(failing);
        await using (FaultHandler handler = new(faults, time, logger))
        {
            Ask(handler);
            if (failing == "restore")
                await PassAsync();
            Ask(handler);
            await PassAsync();
            await Wait.ForAsync(() => faults.Calls == "cut restore cut restore", TestCluster.Token);
        }

        LogEntry entry = Assert.Single(logger.Entries);
        Assert.Equal((12, $"The fault cut-api could not {step}.", faults.Failure), (entry.Id, entry.Text, entry.Exception));

        async Task PassAsync()
        {
            await time.WaitForTimerAsync(static due => due == s_lasting, TestCluster.Token);
            time.Advance(s_lasting);
        }
    }

    [Fact]
    public async Task Disposal_ends_well_after_a_fault_that_failed()
    {
        TestClock time = new();
        FailingFaults faults = new("restore");
        FaultHandler handler = new(faults, time, new RecordingLogger());
        Ask(handler);
        await time.WaitForTimerAsync(static due => due == s_lasting, TestCluster.Token);

        await handler.DisposeAsync().AsTask().WaitAsync(Wait.Limit, TestCluster.Token);

        Assert.Equal("cut restore", faults.Calls);
    }

    /// <summary>Starts a fault that lasts, as a request does.</summary>
    private static void Ask(FaultHandler handler) => handler.Run("cut-api", static name => name == "seconds" ? "7" : null).Afterwards!();

    /// <summary>Faults of the API. One kind of call fails the first time.</summary>
    private sealed class FailingFaults(string failing) : IClusterFaults
    {
        private readonly Lock _lock = new();
        private readonly List<string> _calls = [];
        private bool _hasFailed;

        public string Calls
        {
            get
            {
                lock (_lock)
                    return string.Join(' ', _calls);
            }
        }

        public InvalidOperationException Failure { get; } = new("The port is taken.");

        public Task CutApiAsync() => CallAsync("cut");

        public Task RestoreApiAsync(CancellationToken cancellationToken = default) => CallAsync("restore");

        public void KillPod(string @namespace, string name) => throw new NotSupportedException();

        public void StopNode(string name) => throw new NotSupportedException();

        public void StartNode(string name) => throw new NotSupportedException();

        public void DropWatches() => throw new NotSupportedException();

        public void Compact() => throw new NotSupportedException();

        public void ExpireTokens() => throw new NotSupportedException();

        public void PauseApi() => throw new NotSupportedException();

        public void ResumeApi() => throw new NotSupportedException();

        private Task CallAsync(string call)
        {
            lock (_lock)
                _calls.Add(call);
            if (call != failing || _hasFailed)
                return Task.CompletedTask;
            _hasFailed = true;
            return Task.FromException(Failure);
        }
    }
}
