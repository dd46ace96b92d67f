using System.Runtime.InteropServices;

namespace Berth.Cli.Hosting;

/// <summary>
/// Converts SIGTERM and Ctrl-C into a token. The first signal asks for an orderly end. A second one ends the process as the system does by
/// default.
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
        // Dispose waits for a running handler, so the source outlives its last use.
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
