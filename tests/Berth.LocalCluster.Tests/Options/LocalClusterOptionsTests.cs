namespace Berth.LocalCluster.Options;

public sealed class LocalClusterOptionsTests
{
    [Fact]
    public void Defaults_have_no_fault() => Assert.Empty(new LocalClusterOptions().FindFaults());

    [Fact]
    public async Task Start_names_all_faults_in_one_message()
    {
        LocalClusterOptions options = new()
        {
            Port = 65536,
            Nodes = 51,
            HistoryLimit = 0,
            BookmarkInterval = TimeSpan.FromDays(2),
            Images = null!,
            TimeProvider = null!,
            Forwards = [new ServiceForward("games", "lobby", 80, 0)],
        };

        LocalClusterException exception = await Assert.ThrowsAsync<LocalClusterException>(
            () => LocalCluster.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "Port is 65536. Give 0 to 65535.", "Nodes is 51. Give 1 to 50.", "HistoryLimit is 0. Give 1 or more.",
                "BookmarkInterval is 2.00:00:00. Give a duration above zero and up to 1.00:00:00.",
                "Images is null. Give a dictionary, or leave the option out for none.",
                "TimeProvider is null. Give a clock, or leave the option out for the system's.",
                "A forward to games/lobby has the local port 0. Give 1 to 65535.",
            ],
            options.FindFaults());
        Assert.Equal(string.Join(' ', options.FindFaults()), exception.Message);
    }
}
