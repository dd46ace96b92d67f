namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Decides whether a reader gets another snapshot: after a change, a confirmation, or a change of what may be out of date.
/// </summary>
internal sealed class Publication(SnapshotBuilder builder, TimeProvider time)
{
    // The content that was last built, and the snapshot that was last returned: the content, perhaps marked as stale.
    private (EndpointSnapshot Content, EndpointSnapshot Given)? _last;
    private bool _isConfirmed;

    /// <summary>True after the first snapshot.</summary>
    public bool HasContent => _last is not null;

    /// <summary>The source has confirmed the content, so the next call returns a snapshot.</summary>
    public void Confirm() => _isConfirmed = true;

    /// <summary>Returns the next snapshot, or null when the reader has the latest one.</summary>
    /// <param name="fault">The reason why the content may be out of date, or null.</param>
    public EndpointSnapshot? TryNext(string? fault)
    {
        if (_last is not { } last || builder.HasChanges)
        {
            EndpointSnapshot built = builder.Build();
            return Give(built, Mark(built, fault));
        }

        bool isSameFault = last.Given.StaleReason == fault;
        if (isSameFault && !_isConfirmed)
            return null;
        return Give(last.Content, isSameFault ? last.Given : Mark(last.Content, fault));
    }

    private EndpointSnapshot Give(EndpointSnapshot content, EndpointSnapshot given)
    {
        _last = (content, given);
        _isConfirmed = false;
        return given;
    }

    private EndpointSnapshot Mark(EndpointSnapshot content, string? fault) =>
        fault is null ? content : content.AsStale(time.GetUtcNow(), fault);
}
