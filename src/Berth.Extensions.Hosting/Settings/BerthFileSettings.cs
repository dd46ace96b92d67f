namespace Berth.Extensions.Hosting;

/// <summary>The settings of the source <c>File</c>: section <c>Berth:File</c>.</summary>
public sealed class BerthFileSettings
{
    /// <summary>
    /// The path of a JSON file of pods by target, <c>{"k8s-example2/service-b": {"service-b-0": "10.88.0.10"}}</c>. A pod is an address,
    /// for a port that follows from its name, or an address and a port. Default: null; the source <c>File</c> needs it.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The time between two readings of the file. Default 2 s; above 0 and up to 1 day.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(2);
}
