namespace Berth.Cli.Options;

/// <summary>How results are written to stdout.</summary>
internal enum OutputFormat
{
    /// <summary>Columns with headings, for people.</summary>
    Table = 0,

    /// <summary>JSON, for programs.</summary>
    Json = 1,

    /// <summary>The values alone, a line each, for shells.</summary>
    Text = 2,
}
