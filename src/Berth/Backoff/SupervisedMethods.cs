namespace Berth.Backoff;

/// <summary>Two methods as the work of a <see cref="Supervisor"/>.</summary>
internal sealed class SupervisedMethods(Func<CancellationToken, ValueTask> step, Func<Exception, TimeSpan?> failed) : ISupervised
{
    /// <inheritdoc/>
    public ValueTask StepAsync(CancellationToken stopping) => step(stopping);

    /// <inheritdoc/>
    public TimeSpan? Fail(Exception exception) => failed(exception);
}
