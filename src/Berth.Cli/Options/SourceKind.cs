namespace Berth.Cli.Options;

/// <summary>The kind of source that pods are read from.</summary>
internal enum SourceKind
{
    /// <summary>EndpointSlices of a Kubernetes API.</summary>
    Kubernetes = 0,

    /// <summary>The records of a headless Service.</summary>
    Dns = 1,

    /// <summary>A file that is read repeatedly.</summary>
    File = 2,

    /// <summary>A list on the command line.</summary>
    Static = 3,
}
