using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Kubernetes;

namespace Berth.Cli.Commands;

/// <summary>
/// Waits for the first snapshot, for a command that must answer now. Unlike a server, it does not wait while the cluster fails.
/// </summary>
internal static class FirstSnapshot
{
    /// <exception cref="CommandException">The source failed, or did not answer in time.</exception>
    public static async Task<EndpointSnapshot> WaitAsync(
        EndpointView view, ClusterAccess? access, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (true)
            {
                // The wait starts before the snapshot is read, so that no change is lost in between.
                Task<bool> change = view.WaitForChangeAsync(view.Current, both.Token);
                if (view.Current is { } snapshot)
                    return snapshot;

                // A server that asks for a retry works and is only busy. The user must correct any other failure.
                if (view.Failure is { RetryAfter: null } failure)
                    throw CommandException.Unreachable(failure.Message, failure);
                await change.ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            string why = view.Failure?.Message ?? access?.Waiting
                ?? $"{(access is null ? "The source" : "The API server")} has not answered yet; check that it is reachable, or give a " +
                    "longer --timeout.";
            throw CommandException.Unreachable($"No list of {view.Target} arrived within {Durations.Format(timeout)}. {why}");
        }
    }
}
