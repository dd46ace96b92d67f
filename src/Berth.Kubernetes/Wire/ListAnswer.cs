namespace Berth.Kubernetes.Wire;

/// <summary>The fields that stand around the items of a list.</summary>
internal sealed class ListAnswer
{
    /// <summary>kind</summary>
    public string? Kind { get; set; }

    /// <summary>apiVersion</summary>
    public string? ApiVersion { get; set; }

    /// <summary>metadata.resourceVersion</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>metadata.continue: where the next page begins, or null or empty on the last one.</summary>
    public string? Continue { get; set; }

    /// <summary>True when there was an <c>items</c> field, null and empty included.</summary>
    public bool HasItems { get; set; }
}
