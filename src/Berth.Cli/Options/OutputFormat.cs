namespace Berth.Cli.Options;

/// <summary>The format of results on stdout.</summary>
internal enum OutputFormat
{
    /// <summary>Columns with headings, for people.</summary>
    Table = 0,

    /// <summary>JSON, for programs.</summary>
    Json = 1,

    /// <summary>The values alone, a line each, for shells.</summary>
    Text = 2,
}
