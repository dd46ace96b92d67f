namespace Berth.Bench.Cluster;

/// <summary>An API server with the bench's slices: the fake one or a real one.</summary>
internal interface IApiServer : IAsyncDisposable
{
    /// <summary>A kubeconfig, in JSON, for this server.</summary>
    string Kubeconfig { get; }

    /// <summary>The slices.</summary>
    Fleet Fleet { get; }

    /// <summary>The changes a second that leave the cores of this machine to the measured programs.</summary>
    double MostChangesPerSecond { get; }

    /// <summary>The CPU time of the server so far, or null when it runs in this process.</summary>
    TimeSpan? ServerCpu { get; }

    /// <summary>The current address of a slice's first pod.</summary>
    string FirstAddress(int slice);

    /// <summary>Moves a slice's first pod to another address. Completes when the server has stored it.</summary>
    ValueTask ChangeAsync(int slice);

    /// <summary>Waits until at least this number of watches are open, so that no change is missed and none of them opens later.</summary>
    /// <exception cref="TimeoutException">Fewer are open after 30 s.</exception>
    Task WaitForWatchesAsync(int watches);

    /// <summary>The lists and watches of slices that clients have asked for so far.</summary>
    ValueTask<long> CountRequestsAsync();

    /// <summary>The open watches of slices.</summary>
    ValueTask<int> CountWatchesAsync();
}
