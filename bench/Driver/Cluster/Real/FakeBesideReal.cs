namespace Berth.Bench.Cluster.Real;

/// <summary>
/// The fake API server, while a real one with the same slices makes the same changes and no client watches it. Both rows of a comparison
/// then have the same load on the machine, and what is left is a difference between the servers.
/// </summary>
internal sealed class FakeBesideReal : IApiServer
{
    private readonly FakeApi _fake;
    private readonly RealApi _real;

    private FakeBesideReal(FakeApi fake, RealApi real)
    {
        _fake = fake;
        _real = real;
    }

    public static async Task<IApiServer> StartAsync(Assets assets, Fleet fleet)
    {
        RealApi real = await RealApi.StartAsync(assets, fleet.Copy());
        return new FakeBesideReal(await FakeApi.StartAsync(fleet), real);
    }

    public string Kubeconfig => _fake.Kubeconfig;

    public Fleet Fleet => _fake.Fleet;

    public double MostChangesPerSecond => _real.MostChangesPerSecond;

    public TimeSpan? ServerCpu => null;

    public string FirstAddress(int slice) => _fake.FirstAddress(slice);

    public async ValueTask ChangeAsync(int slice)
    {
        await _real.ChangeAsync(slice);
        _fake.Change(slice);
    }

    public Task WaitForWatchesAsync(int watches) => _fake.WaitForWatchesAsync(watches);

    public ValueTask<long> CountRequestsAsync() => _fake.CountRequestsAsync();

    public ValueTask<int> CountWatchesAsync() => _fake.CountWatchesAsync();

    public async ValueTask DisposeAsync()
    {
        await _fake.DisposeAsync();
        await _real.DisposeAsync();
    }
}
