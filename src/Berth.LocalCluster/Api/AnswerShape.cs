namespace Berth.LocalCluster.Api;

/// <summary>How much of an object an answer contains, and how it is written.</summary>
internal enum AnswerShape
{
    /// <summary>The complete object.</summary>
    Object,

    /// <summary>Only its metadata, as clients ask that follow many objects.</summary>
    Metadata,

    /// <summary>A list of metadata.</summary>
    MetadataList,

    /// <summary>The columns that kubectl shows.</summary>
    Table,
}
