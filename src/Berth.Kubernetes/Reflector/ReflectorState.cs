using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// A state of the reflector: <see cref="Unlisted{T}"/> -> (<see cref="StreamingList{T}"/> or <see cref="PagedList{T}"/>) ->
/// <see cref="Listed{T}"/> -> <see cref="Watching{T}"/> -> Listed or Unlisted again. Each has only its own data.
/// </summary>
internal abstract class ReflectorState<T>
    where T : class, IResource
{
    /// <summary>Performs one step. Throws only for cancellation; the state must then be abandoned.</summary>
    public abstract ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken);

    /// <summary>Frees the connection, if the state has one.</summary>
    public virtual void Abandon()
    {
    }
}
