namespace Berth.LocalCluster.Runtime;

/// <summary>A container that was started.</summary>
internal interface IContainerInstance
{
    int? ProcessId { get; }

    /// <summary>Completes with the exit code, the moment it ends; 128 + n where signal n ended it.</summary>
    Task<int> Exited { get; }

    /// <summary>Completes when its log has all its output; that may be after its end.</summary>
    Task Drained { get; }

    /// <summary>Asks it to end (SIGTERM).</summary>
    void Stop();

    /// <summary>Ends it and all that it started (SIGKILL).</summary>
    void Kill();
}
