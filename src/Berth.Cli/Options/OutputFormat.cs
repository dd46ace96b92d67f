namespace Berth.Cli.Options;

/// <summary>The format of results on stdout.</summary>
internal enum OutputFormat
{
    /// <summary>Columns with headings, for people.</summary>
    Table = 0,

    /// <summary>JSON, for programs.</summary>
    Json = 1,

    /// <summary>Only the values, one per line, for shells.</summary>
    Text = 2,
}
