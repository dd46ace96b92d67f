using Berth.Dispatcher.Json;

namespace Berth.Dispatcher.State;

/// <summary>The seats of a target's pods, as their desks last stated them. Safe for any number of threads.</summary>
internal interface ISeatBoard
{
    /// <summary>Picks among the pods with free seats.</summary>
    FreeSeatPicker Picker { get; }

    /// <summary>True when this picker is the one of <c>GET /</c> and <c>?pick</c>.</summary>
    bool IsUsualPicker { get; }

    /// <summary>A point in time, from which a change can be waited for.</summary>
    object Moment { get; }

    /// <summary>Completes once a desk has changed since a moment.</summary>
    Task<bool> WaitForChangeAsync(object moment);

    /// <summary>Returns the seats of all pods, by ordinal.</summary>
    IReadOnlyList<PodSeats> Read();

    /// <summary>Returns the seats of one pod, or null when it has no desk.</summary>
    PodSeats? Find(PodEndpoint endpoint);
}
