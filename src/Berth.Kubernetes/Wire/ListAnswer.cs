namespace Berth.Kubernetes.Wire;

/// <summary>The fields around the items of a list.</summary>
internal sealed class ListAnswer
{
    /// <summary>kind</summary>
    public string? Kind { get; set; }

    /// <summary>apiVersion</summary>
    public string? ApiVersion { get; set; }

    /// <summary>metadata.resourceVersion</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>metadata.continue: the start of the next page; null or empty on the last page.</summary>
    public string? Continue { get; set; }

    /// <summary>True when there was an <c>items</c> field, even if it was null or empty.</summary>
    public bool HasItems { get; set; }
}
