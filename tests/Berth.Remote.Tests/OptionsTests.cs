using System.Diagnostics.Metrics;
using System.Globalization;
using Berth.TestKit;

namespace Berth.Remote.Tests;

public sealed class OptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Defaults_have_no_fault() => Assert.Empty(new RemoteEndpointSourceOptions().FindFaults());

    [Fact]
    public void All_faults_are_in_one_message()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => RemoteEndpoints.Connect(
            ["service-a:8000", "ftp://a", "http://me:secret@a", "http://a?x", "http://a/berth", "http://a/berth/"],
            new RemoteEndpointSourceOptions
            {
                Token = "a b",
                TokenFile = "",
                CertificateAuthorityFile = "",
                AnswerTimeout = TimeSpan.Zero,
                IdleTimeout = TimeSpan.FromDays(1),
                EventTimeout = TimeSpan.FromDays(1),
                MaxEventBytes = 1,
                RunId = "",
                TimeProvider = null!,
                LoggerFactory = null!,
            }));

        foreach (string part in new[]
        {
            "'service-a:8000' is no address", "'ftp://a' is no address", "at a contains a user or a password", "'http://a?x' has a query",
            "The dispatcher http://a/berth/ is given twice", "Token contains a space", "TokenFile is empty", "are both given",
            "CertificateAuthorityFile is empty", "AnswerTimeout is 00:00:00", "IdleTimeout is 1.00:00:00", "EventTimeout is 1.00:00:00",
            "MaxEventBytes is 1", "RunId is empty", "TimeProvider is null", "LoggerFactory is null",
        })
            Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_both_options_are_in_one_message_and_no_source_is_created()
    {
        using Meter meter = new("test");
        using InstrumentCount instruments = new(meter);
        EndpointDirectoryOptions directory = new() { SnapshotFile = "" };
        ArgumentException both = Assert.Throws<ArgumentException>(() =>
            RemoteEndpoints.Connect("ftp://a", new RemoteEndpointSourceOptions { Meter = meter, RunId = "" }, directory));
        Assert.Contains("'ftp://a' is no address", both.Message, StringComparison.Ordinal);
        Assert.Contains("RunId is empty", both.Message, StringComparison.Ordinal);
        Assert.Contains("SnapshotFile is empty", both.Message, StringComparison.Ordinal);
        ArgumentException one = Assert.Throws<ArgumentException>(() =>
            RemoteEndpoints.Connect("http://127.0.0.1:1", new RemoteEndpointSourceOptions { Meter = meter }, directory));
        Assert.Contains("SnapshotFile is empty", one.Message, StringComparison.Ordinal);
        Assert.Equal(0, instruments.Value);
    }

    [Fact]
    public void No_dispatcher_is_a_fault() =>
        Assert.Contains("No dispatcher is given", Assert.Single(RemoteEndpointSource.FindFaults([])), StringComparison.Ordinal);

    [Fact]
    public async Task Path_in_front_of_the_routes_is_kept()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address + "discovery"]).Follow();

        Assert.Equal("/discovery/v1/watch/k8s-example2/service-b", (await api.NextAsync(Token)).Path);
    }

    [Fact]
    public async Task Requests_are_counted_by_status()
    {
        using Meter meter = new("test");
        Dictionary<string, long> counts = [];
        TaskCompletionSource isCounted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (counts)
            {
                string kind = Convert.ToString(tags[0].Value, CultureInfo.InvariantCulture)!;
                counts[kind] = counts.GetValueOrDefault(kind) + value;
                if (counts.Count == 2)
                    isCounted.TrySetResult();
            }
        });
        listener.Start();
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using (EndpointDirectory directory = RemoteEndpoints.Connect(
            ["http://127.0.0.1:1", api.Address.ToString()],
            // A clock that does not move: no limit ends a request, even on a busy machine. That of a connection is on the real clock.
            new RemoteEndpointSourceOptions { Meter = meter, TimeProvider = new TestClock(), AnswerTimeout = Wait.Limit }))
        {
            directory.Follow(TestPods.Target, TestPods.Ports);
            await (await api.NextAsync(Token)).AnswerAsync(503, "");
            await isCounted.Task.WaitAsync(Wait.Limit, Token);
        }

        // The dispatcher that refuses connections may have been asked again. The other one is asked again, and does not answer.
        lock (counts)
        {
            Assert.Equal(["503", "unreachable"], counts.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(1, counts["503"]);
        }
    }

    [Fact]
    public async Task Source_opens_nothing_after_disposal()
    {
        RemoteEndpointSource source = new(["http://127.0.0.1:1"]);
        await source.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => source.Open(TestPods.Target, TestPods.Ports));
    }
}
