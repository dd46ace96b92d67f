namespace Berth.LocalCluster.Api;

/// <summary>The part of an object that an answer contains, and the form in which it is written.</summary>
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
