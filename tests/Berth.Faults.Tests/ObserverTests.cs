using System.Net;
using Berth.TestKit.Invariants;

namespace Berth.Faults;

/// <summary>Tests of the observer: sources that break its rules one by one.</summary>
public sealed class ObserverTests
{
    private static readonly PodEndpoint s_first = Pod("b-0", 0);
    private static readonly PodEndpoint s_second = Pod("b-1", 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Source_that_keeps_the_rules_has_no_violation() =>
        Assert.Empty(await ObserveAsync(Of(s_first), new EndpointSourceException("The server is away."), Of(s_first, s_second)));

    [Fact]
    public async Task It_sees_a_part_of_a_set() =>
        Assert.Contains(
            "I2: 'b-1' was published, which is no whole state", await ObserveAsync(Of(s_first, s_second), Of(s_second), Of(s_first)),
            StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_an_empty_set_that_was_made_of_an_error() =>
        Assert.Contains("I2: '(empty)' was published", await ObserveAsync(Of(s_first), Of(), Of(s_first)), StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_the_same_content_published_twice() =>
        Assert.Contains(
            "I2: 'b-0' was published again without a difference", await ObserveAsync(Of(s_first), Of(s_first)), StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_a_guessed_ordinal() =>
        Assert.Contains("I4: b-x was given the ordinal 0", await ObserveAsync(Of(Pod("b-x", 0))), StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_a_port_that_is_not_the_pods() =>
        Assert.Contains("I4: b-1 was given the port 3000", await ObserveAsync(Of(Pod("b-1", 1, port: 3000))), StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_an_address_that_was_not_sent() =>
        Assert.Contains(
            "I4: b-0 was given 10.9.9.9, which the server never stated", await ObserveAsync(Of(Pod("b-0", 0, "10.9.9.9"))),
            StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_an_exception_that_is_no_sentence() =>
        Assert.Contains(
            "I5: the source threw InvalidOperationException",
            await ObserveAsync(Of(s_first), new InvalidOperationException("oops"), Of(s_first, s_second)), StringComparison.Ordinal);

    [Fact]
    public async Task It_sees_that_nothing_recovered() =>
        Assert.Contains(
            "I5: it did not recover", await ObserveAsync(Of(s_first), new EndpointSourceException("The server is away.")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void It_sees_a_wait_that_is_too_short_or_too_long(int seconds)
    {
        InvariantObserver observer = new(TestPods.Target, static _ => true);
        observer.Failed(new EndpointSourceException("The server is away."));

        Assert.Contains(
            "I5: after 'The server is away.'", Text(observer.Finish([TimeSpan.FromSeconds(seconds)])), StringComparison.Ordinal);
    }

    [Fact]
    public void It_sees_trouble_logged_for_each_attempt()
    {
        LogRules log = new();
        log.Log(Microsoft.Extensions.Logging.LogLevel.Warning, 100, "in trouble", null, static (s, _) => s);
        log.Log(Microsoft.Extensions.Logging.LogLevel.Warning, 100, "in trouble", null, static (s, _) => s);

        Assert.Equal(["'in trouble' was logged again before it had ended"], log.FindFaults());
    }

    private static PodEndpoint Pod(string name, int ordinal, string? address = null, int? port = null) => PodEndpoint.Create(
        name,
        TestPods.Target.Namespace,
        [IPAddress.Parse(address ?? $"10.0.0.{ordinal + 1}")],
        [new EndpointPort("", port ?? (3000 + ordinal))],
        ordinal);

    private static EndpointSnapshot Of(params PodEndpoint[] pods) => TestPods.Snapshot(pods);

    private static string Text(IReadOnlyCollection<string> violations) => string.Join('\n', violations);

    /// <summary>Lets a source return these results one after the other, and returns the observer's violations.</summary>
    private static async Task<string> ObserveAsync(params object[] said)
    {
        TestClock time = new() { IsHurried = true };
        await using InvariantObserver observer = new(TestPods.Target, static s => s is "b-0" or "b-1" or "b-x" or "10.0.0.1" or "10.0.0.2");
        observer.Allow("b-0", "b-0 b-1", "b-x", "b-1:NotReady");
        SayingSource source = new(said);
        EndpointDirectory directory = new(
            observer.Tap(source), new EndpointDirectoryOptions { TimeProvider = time, LoggerFactory = observer.Log });
        observer.Attach(directory, directory.Follow(TestPods.Target, TestPods.Ports));
        await source.Said.WaitAsync(Wait.Limit, Token);
        await observer.DisposeAsync();
        await directory.DisposeAsync();
        return Text(observer.Finish(time.Waits));
    }

    /// <summary>Returns the given snapshots, and then never returns.</summary>
    private sealed class SayingSource(object[] said) : IEndpointSource, IEndpointStream
    {
        private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _next;

        /// <summary>Completes when all of it was taken.</summary>
        public Task Said => _said.Task;

        public IEndpointStream Open(ServiceTarget target, PortScheme ports) => this;

        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (_next < said.Length)
                return said[_next++] as EndpointSnapshot ?? throw (Exception)said[_next - 1];
            _said.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("An endless wait has ended.");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
