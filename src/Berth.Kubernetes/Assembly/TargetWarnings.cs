namespace Berth.Kubernetes.Assembly;

/// <summary>The warnings of one target, at most one of each kind. Without warnings it uses no memory.</summary>
internal sealed class TargetWarnings(SnapshotBuilder builder)
{
    private SortedDictionary<EndpointWarningKind, EndpointWarning>? _all;

    /// <summary>Sets the warning of a kind, or removes it.</summary>
    public void Set(EndpointWarningKind kind, EndpointWarning? warning)
    {
        EndpointWarning? before = _all?.GetValueOrDefault(kind);
        if (before == warning)
            return;
        _all ??= [];
        if (warning is null)
            _all.Remove(kind);
        else
            _all[kind] = warning;
        builder.Warnings = [.. _all.Values];
    }
}
