using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Kubernetes;

namespace Berth.Cli.Commands;

/// <summary>
/// The first snapshot for a command that shall answer now: unlike a server it does not wait for a cluster that is in trouble.
/// </summary>
internal static class FirstSnapshot
{
    /// <exception cref="CommandException">The source is in trouble, or said nothing in time.</exception>
    public static async Task<EndpointSnapshot> WaitAsync(
        EndpointView view, ClusterAccess access, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (true)
            {
                // Taken before the look, so that no change falls between the two.
                Task<bool> change = view.WaitForChangeAsync(view.Current, both.Token);
                if (view.Current is { } snapshot)
                    return snapshot;

                // A server that names a time is there, and asks for patience; anything else is the user's to correct.
                if (view.Failure is { RetryAfter: null } failure)
                    throw CommandException.Unreachable(failure.Message, failure);
                await change.ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            string why = view.Failure?.Message ?? access.Waiting
                ?? "The API server has not answered yet; check that it is reachable, or give a longer --timeout.";
            throw CommandException.Unreachable($"No list of {view.Target} arrived within {Durations.Format(timeout)}. {why}");
        }
    }
}
