using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>The state in which a watch is open.</summary>
internal sealed class Watching<T> : ReflectorState<T>
    where T : class, IResource
{
    private readonly WatchConnection _connection;
    private string _version;
    private bool _advanced;

    public Watching(WatchConnection connection, string version)
    {
        _connection = connection;
        _version = version;
    }

    /// <summary>The version up to which everything is known.</summary>
    public string Version => _version;

    private bool Progressed => _advanced || _connection.Age >= ReflectorContext<T>.MinWatch;

    /// <inheritdoc/>
    public override async ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (TryStep(context, out Step<T> step))
                    return step;
                if (await _connection.FillAsync(IdleLimit(context), cancellationToken).ConfigureAwait(false))
                    continue;
                // An incomplete event is dropped with the connection. The server sends it again, complete.
                return End(WatchEnd.Closed(context, _version, Progressed, broken: false));
            }
            catch (KubernetesRequestException)
            {
                return End(WatchEnd.Closed(context, _version, Progressed, broken: true));
            }
            catch (TimeoutException)
            {
                return End(WatchEnd.Idle(context, _version));
            }
            catch (ResourceFormatException exception)
            {
                return Malformed(context, exception);
            }
        }
    }

    /// <summary>Performs one step with data that has already arrived, without waiting.</summary>
    public bool TryStep(ReflectorContext<T> context, out Step<T> step)
    {
        while (_connection.Framing.TryTake(out ReadOnlySpan<byte> taken))
        {
            WatchEvent<T> read;
            try
            {
                read = context.DecodeEvent(taken, _connection.IsProtobuf);
            }
            catch (ResourceFormatException exception)
            {
                step = Malformed(context, exception);
                return true;
            }

            if (TryApply(context, read, out step))
                return true;
        }

        step = default;
        return false;
    }

    /// <inheritdoc/>
    public override void Abandon() => _connection.Dispose();

    private static TimeSpan Smaller(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private TimeSpan IdleLimit(ReflectorContext<T> context)
    {
        TimeSpan limit = TimeSpan.FromSeconds(_connection.TimeoutSeconds) + ReflectorContext<T>.WatchMargin;
        return context.Traits.SendsBookmarks ? Smaller(limit, ReflectorContext<T>.MaxWithoutBookmark) : limit;
    }

    private bool TryApply(ReflectorContext<T> context, WatchEvent<T> read, out Step<T> step)
    {
        step = default;
        switch (read.Kind)
        {
            case WatchEventKind.Applied or WatchEventKind.Bookmark when ResourceVersions.IsOlder(read.Version, _version):
                step = End(WatchEnd.Backwards(context, _version, read.Version, Progressed));
                return true;
            case WatchEventKind.Applied:
                StepEffects applied = Advance(read.Version);
                step = new Step<T>(this, new ReflectorEvent<T>.Applied(read.Object!, _version), Effects: applied);
                return true;
            case WatchEventKind.Deleted:
                // The body of a deletion may be old, and so may its version.
                StepEffects deleted = Advance(ResourceVersions.IsOlder(read.Version, _version) ? "" : read.Version);
                step = new Step<T>(this, new ReflectorEvent<T>.Deleted(read.Name, _version), Effects: deleted);
                return true;
            case WatchEventKind.Bookmark:
                StepEffects marked = Advance(read.Version, Learned.Bookmarks);
                step = new Step<T>(this, new ReflectorEvent<T>.Confirmed(_version), Effects: marked);
                return true;
            case WatchEventKind.Error:
                step = End(read.Status is { IsExpired: true }
                    ? WatchEnd.Gone(context, _version, Progressed)
                    : WatchEnd.Error(context, _version, read.Status, Progressed));
                return true;
            default:
                return false;
        }
    }

    private StepEffects Advance(string version, Learned learned = Learned.None)
    {
        learned |= Learned.Version;
        if (version.Length == 0 || version == _version)
            return new StepEffects(learned);
        _version = version;
        _advanced = true;
        return new StepEffects(learned, Strikes: 0);
    }

    private Step<T> Malformed(ReflectorContext<T> context, ResourceFormatException exception) =>
        End(WatchEnd.Malformed(
            context, _version, exception, Progressed, _connection.IsProtobuf ? Learned.NoProtobuf : Learned.None));

    private Step<T> End(Step<T> step)
    {
        _connection.End(step.Effects.Restart);
        return step;
    }
}
