using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Berth.Extensions.Hosting.Health;

/// <summary>
/// The health of a view: live is healthy, stale is degraded, and no snapshot, one that is too old or one that is no longer renewed is
/// unhealthy.
/// </summary>
internal sealed class ViewHealthCheck(EndpointView view) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        EndpointSnapshot? snapshot = view.Current;
        Dictionary<string, object> data = new(StringComparer.Ordinal) { ["target"] = view.Target.ToString() };
        if (snapshot is not null)
        {
            data["available"] = snapshot.Available.Count;
            data["endpoints"] = snapshot.Endpoints.Count;
            data["leftOut"] = snapshot.LeftOut.Count;
            data["version"] = snapshot.Version;
            data["ageSeconds"] = view.Age?.TotalSeconds ?? 0;
        }

        string? reason = view.Failure?.Message ?? snapshot?.StaleReason;
        // Nothing can change any more. The last snapshot would stay live without end.
        bool hasEnded = view.WaitForChangeAsync(snapshot, CancellationToken.None) is { IsCompletedSuccessfully: true, Result: false };
        return Task.FromResult(snapshot switch
        {
            _ when hasEnded => new HealthCheckResult(
                context.Registration.FailureStatus,
                $"{view.Target} is no longer followed: its directory is disposed, or has released it. Restart the program.", null, data),
            null => new HealthCheckResult(
                context.Registration.FailureStatus,
                $"There are no endpoints of {view.Target} yet. {reason ?? "The source has not answered."}", view.Failure, data),
            _ when view.IsTooStale => new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The endpoints of {view.Target} are too old to be served ({view.Age?.TotalSeconds:0} s). {reason}", view.Failure, data),
            { IsStale: true } => HealthCheckResult.Degraded(
                $"The endpoints of {view.Target} are {view.Age?.TotalSeconds:0} s old. {reason}", view.Failure, data),
            _ => HealthCheckResult.Healthy(snapshot.ToString(), data),
        });
    }
}
