using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Berth.Extensions.Hosting.Health;

/// <summary>The health of a view: live is healthy, stale is degraded, no snapshot or one that is too old is unhealthy.</summary>
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
        return Task.FromResult(snapshot switch
        {
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
