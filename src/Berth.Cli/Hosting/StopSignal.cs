using System.Runtime.InteropServices;

namespace Berth.Cli.Hosting;

/// <summary>
/// SIGTERM and Ctrl-C as a token: the first asks for an orderly end, a second one ends the process as it would without us.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal()
    {
        _registrations =
            [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT,
                PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Waits for the first signal.</summary>
    public async Task WaitAsync()
    {
        TaskCompletionSource signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = Token.Register(signalled.SetResult);
        await signalled.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        // Waits for a handler that runs, so the source outlives its last use.
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;

        _source.Cancel();
    }
}
