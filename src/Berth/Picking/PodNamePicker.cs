using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Picks the endpoint of the pod with a given name, while it is available.</summary>
public sealed class PodNamePicker : IEndpointPicker
{
    /// <summary>Creates a picker for a pod, such as <c>service-b-2</c>.</summary>
    public PodNamePicker(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name of the pod.</summary>
    internal string Name { get; }

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        endpoint = snapshot.FindByName(Name) is { IsAvailable: true } found ? found : null;
        return endpoint is not null;
    }

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>pod:service-b-2</c>.</summary>
    public override string ToString() => $"pod:{Name}";
}
