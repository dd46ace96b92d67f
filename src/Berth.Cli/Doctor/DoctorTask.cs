using Berth.Cli.Hosting;
using Berth.Cli.Options;

namespace Berth.Cli.Doctor;

/// <summary>The target of the doctor, and how to ask for it.</summary>
/// <param name="Target">The Service.</param>
/// <param name="Ports">The scheme of its pods' ports.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Timeout">The longest time for one question.</param>
/// <param name="Host">The surroundings.</param>
internal sealed record DoctorTask(ServiceTarget Target, PortScheme Ports, ClusterChoice Cluster, TimeSpan Timeout, ProgramHost Host)
{
    /// <summary>Runs one question with its time limit.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Timeout, Host.Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"There was no answer within {Durations.Format(Timeout)}.", exception);
        }
    }
}
