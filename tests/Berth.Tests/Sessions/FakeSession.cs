namespace Berth.Tests.Sessions;

/// <summary>A session of a test: it can break, and says when it is closed.</summary>
internal sealed class FakeSession(PodEndpoint pod, SessionWorld world) : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PodEndpoint Pod => pod;

    public Task Completion => _ended.Task;

    /// <summary>Ends the session as a cut connection does.</summary>
    public void Break(Exception? failure = null)
    {
        if (failure is null)
            _ended.TrySetResult();
        else
            _ended.TrySetException(failure);
    }

    public async ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        await world.CloseAsync(this);
    }
}
