namespace Berth.Planning;

/// <summary>The position of something in a file.</summary>
/// <param name="File">The file, or another name for the origin of the object, such as <c>the cluster</c>.</param>
/// <param name="Line">The line, from 1; 0 when there are no lines, as in a cluster.</param>
public readonly record struct PlanLocation(string File, int Line)
{
    /// <summary>Returns <c>FILE:LINE</c>, or the file alone when there is no line.</summary>
    public override string ToString() => Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");
}
