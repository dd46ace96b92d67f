namespace Berth.Conformance.Servers;

/// <summary>One control plane for all tests that leave it as it was: to start one takes seconds.</summary>
public sealed class SharedControlPlane : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private ControlPlane? _plane;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<ControlPlane> GetAsync(Assets assets)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _plane ??= await ControlPlane.StartAsync(assets);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }

        _gate.Dispose();
    }
}
