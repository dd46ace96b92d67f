namespace Berth.Planning;

/// <summary>The weight of a fault.</summary>
public enum PlanLevel
{
    /// <summary>Worth knowing. It does not change the exit code.</summary>
    Note = 0,

    /// <summary>It may fail, or hides a failure.</summary>
    Warning = 1,

    /// <summary>It fails when the objects run.</summary>
    Error = 2,
}
