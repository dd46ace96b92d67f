using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// A state of the reflector: <see cref="Unlisted{T}"/> -> (<see cref="StreamingList{T}"/> or <see cref="PagedList{T}"/>) ->
/// <see cref="Listed{T}"/> ->
/// <see cref="Watching{T}"/> -> Listed or Unlisted again. Each holds only its own data.
/// </summary>
internal abstract class ReflectorState<T>
    where T : class, IResource
{
    /// <summary>Goes one step. Throws only for cancellation, and then the state is to be given up.</summary>
    public abstract ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken);

    /// <summary>Frees the connection, where the state has one.</summary>
    public virtual void Abandon()
    {
    }
}
