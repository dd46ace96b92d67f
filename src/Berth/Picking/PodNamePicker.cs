namespace Berth;

/// <summary>The endpoint of one pod by its name, while it is available.</summary>
public sealed class PodNamePicker : IEndpointPicker
{
    private readonly string _name;

    /// <summary>Makes a picker for a pod, such as <c>service-b-2</c>.</summary>
    public PodNamePicker(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <inheritdoc/>
    public PodEndpoint? Pick(EndpointSnapshot snapshot, ReadOnlySpan<char> key = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.FindByName(_name) is { IsAvailable: true } found ? found : null;
    }
}
