namespace Berth.Cli.Doctor;

/// <summary>The outcome of one check.</summary>
internal enum CheckState
{
    /// <summary>The result is good.</summary>
    Ok = 0,

    /// <summary>Not checked, because something for it is missing or was not requested.</summary>
    Skipped = 1,

    /// <summary>It works, and a person should look at it.</summary>
    Warning = 2,

    /// <summary>It does not work.</summary>
    Failed = 3,
}
