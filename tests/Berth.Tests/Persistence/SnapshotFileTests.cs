using System.Text;
using Berth.Persistence;
using Berth.TestKit;
using Berth.Tests.Directory;
using CsCheck;

namespace Berth.Tests.Persistence;

public sealed class SnapshotFileTests : IDisposable
{
    private readonly TestKit.TestFolder _folder = new();
    private readonly TestClock _time = new();
    private readonly RecordingLogger _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path => _folder["berth.snapshot"];

    [Fact]
    public async Task Start_during_an_outage_serves_the_last_snapshot_as_stale()
    {
        EndpointSnapshot lived = await LiveAsync(
            TestKit.TestPods.Snapshot(
                TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false),
                TestKit.TestPods.Endpoint(2, address: "fd00::2")));
        _time.Advance(TimeSpan.FromHours(2));

        ScriptedSource away = new();
        await using EndpointDirectory directory = Open(away);
        EndpointSnapshot served = await directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, Cancellation);
        Assert.True(served.IsStale);
        Assert.Contains("snapshot file", served.StaleReason, StringComparison.Ordinal);
        Assert.Equal((lived.Version, lived.ObservedAt), (served.Version, served.ObservedAt));
        Assert.Equal(lived.Endpoints.Select(e => e.ToString()), served.Endpoints.Select(e => e.ToString()));
        Assert.True(lived.Endpoints.Zip(served.Endpoints).All(p => p.First.ContentEquals(p.Second)));
        Assert.InRange(
            directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Age!.Value, TimeSpan.FromHours(2),
            _time.GetUtcNow() - lived.ObservedAt);
        Assert.Contains(_log.Entries, e => e.Id == 103);

        // The source answers: live, and the version grows over what the file had.
        away.Streams[0].Push(TestKit.TestPods.Snapshot(5));
        await UntilAsync(
            () => directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Current is { IsStale: false, Endpoints.Count: 5 });
        Assert.Equal(lived.Version + 1, directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Current!.Version);
    }

    [Fact]
    public async Task Another_target_or_port_plan_finds_nothing_in_the_file()
    {
        await LiveAsync(TestKit.TestPods.Snapshot(3));
        await using EndpointDirectory directory = Open(new ScriptedSource());
        Assert.Null(directory.Follow(new ServiceTarget("k8s-example2", "other"), TestKit.TestPods.Ports).Current);
        Assert.Null(directory.Follow(TestKit.TestPods.Target, PortScheme.PerOrdinal(4000)).Current);
        Assert.NotNull(directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Current);
    }

    [Fact]
    public async Task Snapshot_older_than_MaxStale_is_refused_until_the_source_answers()
    {
        await LiveAsync(TestKit.TestPods.Snapshot(3));
        ScriptedSource source = new();
        await using EndpointDirectory directory = Open(source, TimeSpan.FromMinutes(10));
        EndpointView view = directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        Assert.False(view.IsTooStale);
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.True(view.IsTooStale);
        EndpointSourceException thrown = await Assert.ThrowsAsync<EndpointSourceException>(
            async () => await directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, Cancellation));
        Assert.Contains("more than 600 s is not served", thrown.Message, StringComparison.Ordinal);
        source.Streams[0].Push(TestKit.TestPods.Snapshot(3));
        await UntilAsync(() => !view.IsTooStale);
        Assert.Equal(3, (await directory.GetEndpointsAsync(TestKit.TestPods.Target, TestKit.TestPods.Ports, Cancellation)).Endpoints.Count);
    }

    [Fact]
    public async Task Age_beyond_what_the_clock_can_express_stays_an_age()
    {
        await File.WriteAllBytesAsync(
            Path, SnapshotFileFormat.Encode([SavedSnapshot.From(TestKit.TestPods.Snapshot(2), DateTimeOffset.MinValue)]), Cancellation);
        // The system's clock counts nanoseconds, and 2,000 years are more of them than a number of 64 bits has.
        await using EndpointDirectory directory = new(
            new ScriptedSource(), new EndpointDirectoryOptions { SnapshotFile = Path, MaxStale = TimeSpan.FromDays(1) });
        EndpointView view = directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        Assert.True(view.Age >= TimeSpan.FromDays(100 * 365), $"It is {view.Age}.");
        Assert.True(view.IsTooStale);
    }

    [Fact]
    public void Damage_at_any_byte_is_noticed()
    {
        byte[] good = SnapshotFileFormat.Encode([SavedSnapshot.From(TestKit.TestPods.Snapshot(2), _time.GetUtcNow())]);
        Assert.Single(SnapshotFileFormat.Decode(good));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Where(x => good[x.Item1] != x.Item2).Sample(x =>
        {
            byte[] damaged = [.. good];
            damaged[x.Item1] = x.Item2;
            Assert.Throws<InvalidDataException>(() => SnapshotFileFormat.Decode(damaged));
        });
        Gen.Int[0, good.Length - 1].Sample(
            length => Assert.Throws<InvalidDataException>(() => SnapshotFileFormat.Decode(good.AsMemory(0, length))), iter: 50);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a snapshot at all")]
    [InlineData("berth-snapshot 2 sha256=")]
    public async Task Damaged_file_is_renamed_with_a_warning_and_not_fatal(string content)
    {
        await File.WriteAllTextAsync(Path, content, Cancellation);
        await using EndpointDirectory directory = Open(new ScriptedSource());
        Assert.Null(directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports).Current);
        Assert.Equal(content, await File.ReadAllTextAsync(Path + ".damaged", Cancellation));
        Assert.Contains(_log.Entries, e => e.Id == 110 && e.Text.Contains(".damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void Nonsense_with_a_right_checksum_is_refused()
    {
        foreach (string body in new[] { "{}", "[]", "{\"targets\":[{}]}", "{\"targets\":[{\"target\":\"A/b\"}]}", "{\"targets\":3}" })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(body);
            byte[] file =
            [
                .. Encoding.ASCII.GetBytes(
                    $"berth-snapshot 1 sha256={Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))}\n"),
                .. bytes
            ];
            Assert.Throws<InvalidDataException>(() => SnapshotFileFormat.Decode(file));
        }
    }

    [Fact]
    public async Task Unwritable_folder_is_logged_once_and_discovery_continues()
    {
        ScriptedSource source = new();
        await using EndpointDirectory directory = new(
            source,
            new EndpointDirectoryOptions
            {
                TimeProvider = _time,
                LoggerFactory = _log,
                SnapshotFile = _folder["missing/file"],
            });
        EndpointView view = directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        for (int i = 1; i <= 3; i++)
        {
            source.Streams[0].Push(TestKit.TestPods.Snapshot(i));
            await UntilAsync(() => view.Current?.Version == i);
            await UntilAsync(() => _log.Entries.Any(e => e.Id == 112));
        }

        Assert.Single(_log.Entries, e => e.Id == 112);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<EndpointSnapshot> LiveAsync(EndpointSnapshot content)
    {
        ScriptedSource source = new();
        await using EndpointDirectory directory = Open(source);
        EndpointView view = directory.Follow(TestKit.TestPods.Target, TestKit.TestPods.Ports);
        source.Streams[0].Push(content);
        await TestKit.PushableSource.WaitForAsync(view, static _ => true, Cancellation);
        // The clock stands, but for the pause before the file is written.
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(1), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        await TestKit.Wait.ForAsync(() => File.Exists(Path), Cancellation);
        return view.Current!;
    }

    private EndpointDirectory Open(IEndpointSource source, TimeSpan? maxStale = null) =>
        new(source, new EndpointDirectoryOptions { TimeProvider = _time, LoggerFactory = _log, SnapshotFile = Path, MaxStale = maxStale });

    /// <summary>Lets time go on until something is so. In steps that take a moment each: a slow disk must not make hours of it.</summary>
    private Task UntilAsync(Func<bool> condition) =>
        TestKit.Wait.ForAsync(condition, () => _time.Advance(TimeSpan.FromMilliseconds(200)), Cancellation);
}
