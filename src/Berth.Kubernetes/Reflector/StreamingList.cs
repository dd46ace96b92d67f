using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The state in which a watch that starts with every object (KEP-3157) is open, and its first part has not ended. It keeps the objects
/// until the bookmark says that they are complete.
/// </summary>
internal sealed class StreamingList<T> : ReflectorState<T>
    where T : class, IResource
{
    private readonly WatchConnection _connection;
    private readonly string? _notOlderThan;
    private readonly Dictionary<string, T> _items = new(StringComparer.Ordinal);

    private StreamingList(WatchConnection connection, string? notOlderThan)
    {
        _connection = connection;
        _notOlderThan = notOlderThan;
    }

    /// <summary>Opens a streaming list, or falls back to a plain list when the server refuses it.</summary>
    public static async ValueTask<Step<T>> OpenAsync(ReflectorContext<T> context, string? notOlderThan, CancellationToken cancellationToken)
    {
        try
        {
            WatchConnection connection = await WatchConnection
                .OpenAsync(context, seconds => context.Query.StreamingList(notOlderThan, seconds), cancellationToken).ConfigureAwait(false);
            return new Step<T>(new StreamingList<T>(connection, notOlderThan));
        }
        catch (KubernetesApiException exception) when (exception.StatusCode is 400 or 404 or 405 or 422)
        {
            return new Step<T>(new PagedList<T>(notOlderThan), Effects: new StepEffects(Learned.NoStreamingLists));
        }
        catch (KubernetesApiException exception) when (context.AsksForProtobuf && ReflectorFailure.IsOfEncoding(exception))
        {
            return new Step<T>(new Unlisted<T>(notOlderThan), Effects: new StepEffects(Learned.NoProtobuf));
        }
        catch (Exception exception) when (ReflectorFailure.IsExpected(exception))
        {
            bool latest = ReflectorFailure.IsVersionTooLarge(exception) || ReflectorFailure.IsExpired(exception);
            return new Step<T>(new Unlisted<T>(latest ? null : notOlderThan), Failure: ReflectorFailure.From(context, exception));
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (TryStep(context, out Step<T> step))
                    return step;
                TimeSpan left = ReflectorContext<T>.MaxStreamingList - _connection.Age;
                if (left <= TimeSpan.Zero)
                    return FallBack();
                if (!await _connection.FillAsync(left, cancellationToken).ConfigureAwait(false))
                    return Cut(context, null);
            }
        }
        catch (TimeoutException)
        {
            return FallBack();
        }
        catch (Exception exception) when (exception is KubernetesRequestException or ResourceFormatException)
        {
            return Cut(context, exception);
        }
    }

    /// <inheritdoc/>
    public override void Abandon() => _connection.Dispose();

    private bool TryStep(ReflectorContext<T> context, out Step<T> step)
    {
        while (_connection.Framing.TryTake(out ReadOnlySpan<byte> taken))
        {
            WatchEvent<T> read = context.DecodeEvent(taken, _connection.IsProtobuf);
            switch (read.Kind)
            {
                case WatchEventKind.Applied:
                    _items[read.Name] = read.Object!;
                    break;
                case WatchEventKind.Deleted:
                    _items.Remove(read.Name);
                    break;
                case WatchEventKind.Bookmark when read.InitialEventsEnd:
                    step = Finish(context, read.Version);
                    return true;
                case WatchEventKind.Error:
                    step = Refused(context, read.Status);
                    return true;
            }
        }

        step = default;
        return false;
    }

    private Step<T> Finish(ReflectorContext<T> context, string version)
    {
        if (version.Length == 0)
            throw new ResourceFormatException("the bookmark that ends a streaming list has no resourceVersion");
        if (_notOlderThan is null || !ResourceVersions.IsOlder(version, _notOlderThan))
        {
            return new Step<T>(
                new Watching<T>(_connection, version),
                new ReflectorEvent<T>.Replaced([.. _items.Values], version),
                Effects: new StepEffects(Learned.Version | Learned.Bookmarks));
        }

        _connection.End(RestartCause.Backwards);
        return new Step<T>(
            new Unlisted<T>(null),
            Failure: ReflectorFailure.ListedOlder(context, _notOlderThan, version),
            Effects: new StepEffects(Restart: RestartCause.Backwards));
    }

    private Step<T> Refused(ReflectorContext<T> context, KubernetesStatus? status)
    {
        string? next = status is { IsExpired: true } or { IsVersionTooLarge: true } ? null : _notOlderThan;
        string cause = status is { IsExpired: true } ? RestartCause.Gone : RestartCause.Error;
        _connection.End(cause);
        Strike strike = context.Strike(progressed: false);
        return new Step<T>(
            new Unlisted<T>(next),
            Failure: ReflectorFailure.FromStatus(context, status, strike.Delay),
            Effects: new StepEffects(Restart: cause, Strikes: strike.Count));
    }

    private Step<T> FallBack()
    {
        _connection.End(RestartCause.Idle);
        return new Step<T>(new PagedList<T>(_notOlderThan), Effects: new StepEffects(Learned.NoStreamingLists, RestartCause.Idle));
    }

    private Step<T> Cut(ReflectorContext<T> context, Exception? exception)
    {
        string cause = exception is ResourceFormatException ? RestartCause.Malformed : RestartCause.Broken;
        _connection.End(cause);
        Strike strike = context.Strike(progressed: false);
        string before = $"ended a streaming list of {context.Query.Resource} before it was complete";
        EndpointSourceException? failure = strike.Delay is null ? null
            : exception is null ? ReflectorFailure.Repeated(context, before, strike)
            : ReflectorFailure.From(context, exception, strike.Delay);
        Learned learned = exception is ResourceFormatException && _connection.IsProtobuf ? Learned.NoProtobuf : Learned.None;
        StepEffects effects = new(learned, cause, strike.Count);
        return new Step<T>(new Unlisted<T>(_notOlderThan), Failure: failure, Effects: effects);
    }
}
