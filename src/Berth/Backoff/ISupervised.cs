namespace Berth.Backoff;

/// <summary>The work of a <see cref="Supervisor"/>.</summary>
internal interface ISupervised
{
    /// <summary>One step. After a success it is called again at once.</summary>
    ValueTask StepAsync(CancellationToken stopping);

    /// <summary>Handles the failure of a step. Returns the wait that the source asks for, or null for none.</summary>
    TimeSpan? Fail(Exception exception);
}
