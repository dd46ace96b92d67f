namespace Berth.Yarp.Affinity;

/// <summary>The ways in which a request names its pod.</summary>
internal enum RequestedPodKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the path, a header or the query.</summary>
    Named,

    /// <summary>By the cookie of an answer before.</summary>
    Cookie,

    /// <summary>By a key that a pod is computed from.</summary>
    Key,
}
