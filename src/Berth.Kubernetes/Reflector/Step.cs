using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>What came of one step: where the reflector stands now, and what there is to tell. A failure is a value, so that it cannot lose the state.</summary>
/// <param name="Next">The state to go on from.</param>
/// <param name="Event">What happened, or null.</param>
/// <param name="Failure">What is to be backed off from, or null.</param>
internal readonly record struct Step<T>(ReflectorState<T> Next, ReflectorEvent<T>? Event = null, EndpointSourceException? Failure = null)
    where T : class, IResource;
