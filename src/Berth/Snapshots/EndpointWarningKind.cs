namespace Berth;

/// <summary>The kinds of <see cref="EndpointWarning"/>.</summary>
public enum EndpointWarningKind
{
    /// <summary>Pods of several StatefulSets stand behind the Service, and those of one are followed.</summary>
    SeveralSets = 0,
}
