using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Picks the endpoint of the pod with a given name, while it is available.</summary>
public sealed class PodNamePicker : IEndpointPicker
{
    private readonly string _name;

    /// <summary>Creates a picker for a pod, such as <c>service-b-2</c>.</summary>
    public PodNamePicker(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        endpoint = snapshot.FindByName(_name) is { IsAvailable: true } found ? found : null;
        return endpoint is not null;
    }

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>pod:service-b-2</c>.</summary>
    public override string ToString() => $"pod:{_name}";
}
