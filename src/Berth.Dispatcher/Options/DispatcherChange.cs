namespace Berth.Dispatcher;

/// <summary>A change while the server runs: the whole of what may change, or the faults that keep it from changing.</summary>
public sealed class DispatcherChange
{
    /// <summary>The faults, a sentence each. With any, nothing changes. Default: none.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>
    /// All targets from now on. The first must be the one that the server started with; with seats none may change. Targets that are no
    /// longer in the list are released, and their watches end.
    /// </summary>
    public IReadOnlyList<DispatcherTarget> Targets { get; init; } = [];

    /// <summary>The path of the token file from now on; null only if the server started without one.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The limits of one client address from now on, or null for none. Their IPv6 prefix stays that of the start.</summary>
    public DispatcherClientLimits? ClientLimits { get; init; }

    /// <summary>Called when the change is applied, so that the caller can apply its own part. It must not fail.</summary>
    public Action TakenOver { get; init; } = static () => { };
}
