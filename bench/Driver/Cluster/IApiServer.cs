namespace Berth.Bench.Cluster;

/// <summary>An API server with the bench's slices, the fake or a real one.</summary>
internal interface IApiServer
{
    /// <summary>A kubeconfig, in JSON, that points here.</summary>
    string Kubeconfig { get; }

    /// <summary>The slices.</summary>
    Fleet Fleet { get; }

    /// <summary>The address of a slice's first pod now.</summary>
    string FirstAddress(int slice);

    /// <summary>Moves a slice's first pod to another address; completes when the server has it.</summary>
    ValueTask ChangeAsync(int slice);

    /// <summary>Waits until a number of watches are open, where changes before that would be missed.</summary>
    Task WaitForWatchesAsync(int watches);
}
