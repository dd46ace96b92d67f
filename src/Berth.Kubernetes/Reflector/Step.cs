using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The result of one step: where the reflector stands now, what there is to tell, and what the reflector is to note. A failure is a value,
/// so that it cannot lose the state.
/// </summary>
/// <param name="Next">The state to go on from.</param>
/// <param name="Event">The event, or null.</param>
/// <param name="Failure">The failure to back off from, or null.</param>
/// <param name="Effects">What the reflector is to note.</param>
internal readonly record struct Step<T>(
    ReflectorState<T> Next, ReflectorEvent<T>? Event = null, EndpointSourceException? Failure = null, StepEffects Effects = default)
    where T : class, IResource;
