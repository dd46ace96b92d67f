using System.Diagnostics;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>The state in which some pages of a list have been read. No event is returned before the last page.</summary>
internal sealed class PagedList<T> : ReflectorState<T>
    where T : class, IResource
{
    /// <summary>
    /// The limit of pages of one list: half a million objects, more than an API server has of one kind in a namespace. Without the limit a
    /// server whose pages do not end would be asked without an end, and fill the memory.
    /// </summary>
    public const int MaxPages = 1000;

    private readonly string? _notOlderThan;
    private readonly bool _whole;
    private readonly string? _continue;
    private readonly string? _version;
    private readonly List<T> _items;
    private readonly int _pages;

    /// <summary>Creates the state before the first page.</summary>
    /// <param name="notOlderThan">The last version seen, or null for the latest.</param>
    /// <param name="whole">True to ask for everything in one answer.</param>
    public PagedList(string? notOlderThan, bool whole = false)
        : this(notOlderThan, whole, null, null, [], 0)
    {
    }

    private PagedList(string? notOlderThan, bool whole, string? @continue, string? version, List<T> items, int pages)
    {
        _notOlderThan = notOlderThan;
        _whole = whole;
        _continue = @continue;
        _version = version;
        _items = items;
        _pages = pages;
    }

    /// <inheritdoc/>
    public override async ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken)
    {
        try
        {
            ListAnswer answer = await ReadPageAsync(context, cancellationToken).ConfigureAwait(false);
            // The pages of one list share a version. If they do not, a watch from the oldest one misses nothing.
            string version = _version ?? answer.ResourceVersion!;
            if (!string.IsNullOrEmpty(answer.Continue))
                return TurnPage(context, answer.Continue, version);
            return Finish(context, version);
        }
        catch (Exception exception) when (ReflectorFailure.IsExpected(exception))
        {
            return AfterFailure(context, exception);
        }
    }

    private Step<T> TurnPage(ReflectorContext<T> context, string next, string version)
    {
        int pages = _pages + 1;
        if (next != _continue && pages < MaxPages)
            return new Step<T>(new PagedList<T>(_notOlderThan, _whole, next, version, _items, pages));
        // A server whose pages are broken may still answer without pages.
        return new Step<T>(
            new PagedList<T>(_notOlderThan, whole: true),
            Failure: ReflectorFailure.PagedWithoutEnd(context, pages, repeated: next == _continue),
            Effects: new StepEffects(Restart: RestartCause.Malformed));
    }

    private async ValueTask<ListAnswer> ReadPageAsync(ReflectorContext<T> context, CancellationToken cancellationToken)
    {
        string url = _continue is null ? context.Query.List(_notOlderThan, _whole) : context.Query.ListFrom(_continue);
        using Activity? activity = ReflectorActivity.Start(context.Query, "list");
        try
        {
            using KubernetesResponse response = await context.Api
                .GetAsync(url, cancellationToken, context.AsksForProtobuf).ConfigureAwait(false);
            using ReadPatience patience = new(ReflectorContext<T>.MaxListPause, context.Time);
            int before = _items.Count;
            ListAnswer answer = await ListReader
                .ReadAsync(response.Body, response.IsProtobuf, context.Decoder, _items, patience, cancellationToken).ConfigureAwait(false);
            ReflectorActivity.Listed(activity, _pages + 1, _items.Count - before);
            return answer;
        }
        catch (Exception exception)
        {
            ReflectorActivity.Failed(activity, exception);
            throw;
        }
    }

    private Step<T> Finish(ReflectorContext<T> context, string version)
    {
        if (_notOlderThan is null || !ResourceVersions.IsOlder(version, _notOlderThan))
        {
            return new Step<T>(
                new Listed<T>(version, first: true),
                new ReflectorEvent<T>.Replaced(_items, version),
                Effects: new StepEffects(Learned.Version));
        }

        return new Step<T>(
            new Unlisted<T>(null),
            Failure: ReflectorFailure.ListedOlder(context, _notOlderThan, version),
            Effects: new StepEffects(Learned.Version, RestartCause.Backwards));
    }

    private Step<T> AfterFailure(ReflectorContext<T> context, Exception exception)
    {
        // A proxy in between may support only JSON.
        bool unreadable = exception is ResourceFormatException || ReflectorFailure.IsOfEncoding(exception);
        Learned learned = unreadable ? Learned.NoProtobuf : Learned.None;
        if (ReflectorFailure.IsExpired(exception) && _continue is not null)
            return new Step<T>(new PagedList<T>(_notOlderThan, whole: true), Effects: new StepEffects(learned, RestartCause.Gone));
        bool tooLarge = ReflectorFailure.IsVersionTooLarge(exception);
        bool latest = _notOlderThan is null || tooLarge || ReflectorFailure.IsExpired(exception);
        return new Step<T>(
            new Unlisted<T>(latest ? null : _notOlderThan),
            Failure: ReflectorFailure.From(context, exception),
            Effects: new StepEffects(learned, tooLarge ? RestartCause.TooLarge : null));
    }
}
