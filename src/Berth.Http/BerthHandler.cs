using System.Diagnostics;
using Berth.Checks;
using Berth.Http.Diagnostics;
using Berth.Http.Picking;

namespace Berth.Http;

/// <summary>
/// Sends the requests of an <see cref="HttpClient"/> to the pods of one view: to any of them, to the one that the request names, or to the
/// one that its key belongs to.
/// </summary>
/// <remarks>
/// Only requests whose host stands for the view are changed (<see cref="BerthHandlerOptions.Hosts"/>). A request goes to another pod when
/// no connection to the first could be made, and never when it names a pod. The URL of the request is put back afterwards. Safe for any
/// number of threads.
/// </remarks>
public sealed class BerthHandler : DelegatingHandler
{
    /// <summary>The name of the source of activities: one for each request, with the pod and the number of pods tried.</summary>
    public const string ActivitySourceName = BerthActivity.SourceName;

    private readonly EndpointView _view;
    private readonly BerthHandlerOptions _options;
    private readonly PodRequests _requests;

    /// <summary>
    /// Creates a handler for the pods of a view. Set its <see cref="DelegatingHandler.InnerHandler"/>, or let the client factory do so.
    /// </summary>
    /// <param name="view">The view, from <see cref="EndpointDirectory.Follow"/>.</param>
    /// <param name="options">The options, or null for the defaults. They must not change afterwards.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public BerthHandler(EndpointView view, BerthHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        _view = view;
        _options = options ?? new BerthHandlerOptions();
        OptionFaults.Throw(_options.FindFaults(), nameof(options));
        ServiceTarget target = view.Target;
        _requests = new PodRequests([$"{target.Service}.{target.Namespace}.berth", target.Service, .. _options.Hosts]);
    }

    /// <summary>
    /// A key, such as a user or a room: requests with one key go to one pod while that pod is available (<see cref="StickyPicker"/>).
    /// </summary>
    public static HttpRequestOptionsKey<string> Key => RequestKeys.Key;

    /// <summary>The ordinal of the one pod that the request is for.</summary>
    public static HttpRequestOptionsKey<int> Ordinal => RequestKeys.Ordinal;

    /// <summary>The name of the one pod that the request is for, such as <c>service-b-2</c>.</summary>
    public static HttpRequestOptionsKey<string> Pod => RequestKeys.Pod;

    /// <summary>
    /// Set by the handler: the pod that the request was last sent to. Read it from <c>response.RequestMessage.Options</c>.
    /// </summary>
    public static HttpRequestOptionsKey<PodEndpoint> SentTo => RequestKeys.SentTo;

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">
    /// No pod could be reached, or none is available; the inner exception is then a <see cref="NoEndpointException"/> or an
    /// <see cref="EndpointSourceException"/>, with the reason.
    /// </exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_requests.TryRead(request, out PodRequest asked))
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using Activity? activity = BerthActivity.Start(_view.Target);
        using PodAttempts attempts = new(request, asked, _options);
        try
        {
            EndpointSnapshot snapshot = await GetSnapshotAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                BerthActivity.Try(activity, attempts.Next(snapshot), attempts.Count);
                try
                {
                    return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (attempts.MayTryAnother(exception, _view.Current ?? snapshot, cancellationToken))
                {
                    snapshot = _view.Current ?? snapshot;
                }
            }
        }
        catch (Exception exception)
        {
            BerthActivity.Fail(activity, exception);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">As for the asynchronous method.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_requests.TryRead(request, out PodRequest asked))
            return base.Send(request, cancellationToken);
        using Activity? activity = BerthActivity.Start(_view.Target);
        using PodAttempts attempts = new(request, asked, _options);
        try
        {
            // Blocks only until the first snapshot, as a synchronous caller expects.
            EndpointSnapshot snapshot = GetSnapshotAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
            while (true)
            {
                BerthActivity.Try(activity, attempts.Next(snapshot), attempts.Count);
                try
                {
                    return base.Send(request, cancellationToken);
                }
                catch (Exception exception) when (attempts.MayTryAnother(exception, _view.Current ?? snapshot, cancellationToken))
                {
                    snapshot = _view.Current ?? snapshot;
                }
            }
        }
        catch (Exception exception)
        {
            BerthActivity.Fail(activity, exception);
            throw;
        }
    }

    private async ValueTask<EndpointSnapshot> GetSnapshotAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _view.GetEndpointsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointSourceException exception)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }
    }
}
