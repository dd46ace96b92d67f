namespace Berth.Tests.Directory;

public sealed class OptionsTests
{
    [Fact]
    public void Directory_options_by_default_have_no_fault() => Assert.Empty(new EndpointDirectoryOptions().FindFaults());

    [Fact]
    public async Task Directory_with_bad_options_names_all_faults_at_once()
    {
        EndpointDirectoryOptions options = new()
        {
            TimeProvider = null!,
            LoggerFactory = null!,
            FirstSnapshotTimeout = TimeSpan.FromDays(25),
            SnapshotFile = "",
            MaxStale = TimeSpan.Zero,
            Cluster = "",
        };
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new EndpointDirectory(new ScriptedSource(), options));
        Assert.All(
            ["TimeProvider is null", "LoggerFactory is null", "FirstSnapshotTimeout is 25", "SnapshotFile is empty",
                "MaxStale is 00:00:00", "The cluster name '' is empty"],
            part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        await using EndpointDirectory good = new(
            new ScriptedSource(), new EndpointDirectoryOptions { FirstSnapshotTimeout = Timeout.InfiniteTimeSpan });
    }
}
