namespace Berth.Cli.Options;

/// <summary>The format of a plan's faults.</summary>
internal enum PlanFormat
{
    /// <summary>Lines for people.</summary>
    Table = 0,

    /// <summary>JSON, for programs.</summary>
    Json = 1,

    /// <summary>SARIF 2.1.0, for code hosts and editors.</summary>
    Sarif = 2,
}
