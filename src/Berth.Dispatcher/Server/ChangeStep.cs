using Berth.Dispatcher.Access;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Server;

/// <summary>Applies a changed configuration while the server runs: all of it, or nothing.</summary>
internal sealed class ChangeStep(
    DispatcherOptions options, DispatcherState state, WatchHubs hubs, RequestGate? gate, ILogger logger) : IAsyncDisposable
{
    private readonly List<Task> _releases = [];

    /// <summary>Reads a change. Returns null when there is none, otherwise true if it was applied.</summary>
    public bool? Take()
    {
        _releases.RemoveAll(static task => task.IsCompleted);
        if (options.ReadChange!() is not { } change)
            return null;
        List<string> faults = [.. change.Faults];
        if (faults.Count == 0)
            FindFaults(change, faults);
        if (faults.Count > 0)
        {
            Log.ChangeRefused(logger, string.Join(' ', faults));
            return false;
        }

        TakeOver(change);
        return true;
    }

    /// <summary>Waits until removed targets are no longer followed.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_releases).ConfigureAwait(false);

    private void FindFaults(DispatcherChange change, List<string> faults)
    {
        ServiceTarget[] targets = [.. change.Targets.Select(static target => target.Target)];
        ServiceTarget first = state.First.View.Target;
        if (targets.Length == 0 || targets[0] != first)
            faults.Add($"GET / answers for the first target, {first}, and that stays until the next start. Name it first.");
        foreach (DispatcherTarget target in change.Targets)
        {
            if (state.Find(target.Target) is { } served && served.View.Ports.ToString() != target.Ports.ToString())
                faults.Add($"The ports of {target.Target} cannot change while the server runs. Restart it.");
        }

        if (options.Seats is not null && !state.Targets.Select(static target => target.View.Target).SequenceEqual(targets))
            faults.Add("Targets cannot change while the server gives seats. Restart it.");
        if ((options.TokenFile is null) != (change.TokenFile is null))
            faults.Add("Whether tokens are needed cannot change while the server runs. Restart it.");
        else if (change.TokenFile is { } path && path != gate!.Access!.TokenFile && AccessGate.FindFault(path) is { } fault)
            faults.Add(fault);
        if (change.ClientLimits is { } limits && limits.IPv6Prefix != gate!.Clients!.Limits.IPv6Prefix)
            faults.Add("The IPv6 prefix of a client cannot change while the server runs. Restart it.");
    }

    private void TakeOver(DispatcherChange change)
    {
        if (change.TokenFile is { } path && path != gate!.Access!.TokenFile)
            gate.Access.Use(path);
        gate!.Clients!.SetLimits(
            change.ClientLimits ?? new DispatcherClientLimits { IPv6Prefix = gate.Clients.Limits.IPv6Prefix });
        foreach (ServedTarget gone in state.Change(change.Targets))
        {
            hubs.Forget(gone);
            _releases.Add(ReleaseAsync(gone));
        }

        change.TakenOver();
        Log.ChangeTaken(logger, state.TargetNames);
    }

    private async Task ReleaseAsync(ServedTarget target)
    {
        try
        {
            await state.ReleaseAsync(target).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.ReleaseFailed(logger, target.Name, exception);
        }
    }
}
