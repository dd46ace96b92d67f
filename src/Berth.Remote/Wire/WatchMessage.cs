namespace Berth.Remote.Wire;

/// <summary>One event of <c>/v1/watch</c>.</summary>
internal abstract record WatchMessage
{
    /// <summary>An event that changes nothing: a <c>mark</c>, or a kind that this version does not know.</summary>
    public sealed record Other : WatchMessage
    {
        public static Other Instance { get; } = new();
    }

    /// <summary>
    /// <c>source</c>: the state of the dispatcher, and the dispatchers that it came through. It follows each <c>snapshot</c> and each
    /// <c>changes</c>, and is sent every 15 s.
    /// </summary>
    /// <param name="State">Names the state that the dispatcher has, or null before its first snapshot.</param>
    /// <param name="Age">How long ago the API confirmed the state.</param>
    /// <param name="Dispatchers">The run ids of the dispatchers from this one to the one that reads the API.</param>
    /// <param name="Reason">Why there is no snapshot yet, if that is known.</param>
    /// <param name="Clusters">The clusters of a dispatcher that follows several, the preferred first; else none.</param>
    public sealed record Source(string? State, TimeSpan Age, string[] Dispatchers, string? Reason, StatedCluster[] Clusters) : WatchMessage;

    /// <summary><c>snapshot</c> or <c>changes</c>: a whole state, or the changes that lead to it.</summary>
    public sealed record Content : WatchMessage
    {
        /// <summary>True for a whole state.</summary>
        public required bool IsWhole { get; init; }

        public required long Version { get; init; }

        public required DateTimeOffset? StaleSince { get; init; }

        public required string? Reason { get; init; }

        /// <summary>The pods of a whole state, or those that joined or changed, in pieces of any length.</summary>
        public required PodEndpoint[][] Endpoints { get; init; }

        /// <summary>The pods that left.</summary>
        public required LeftPod[] Left { get; init; }

        /// <summary>All pods that are left out, or null when they have not changed.</summary>
        public required LeftOutPod[]? LeftOut { get; init; }

        /// <summary>All warnings, or null when they have not changed.</summary>
        public required EndpointWarning[]? Warnings { get; init; }
    }
}
