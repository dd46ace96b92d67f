using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The result of one step: the next state, an event or failure for the caller, and effects for the reflector. A failure is a value, so that
/// the state is not lost.
/// </summary>
/// <param name="Next">The next state.</param>
/// <param name="Event">The event, or null.</param>
/// <param name="Failure">The failure to back off from, or null.</param>
/// <param name="Effects">The effects that the reflector applies.</param>
internal readonly record struct Step<T>(
    ReflectorState<T> Next, ReflectorEvent<T>? Event = null, EndpointSourceException? Failure = null, StepEffects Effects = default)
    where T : class, IResource;
