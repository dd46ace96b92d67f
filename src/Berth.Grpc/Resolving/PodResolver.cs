using Berth.Backoff;
using Berth.Grpc.Diagnostics;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Logging;

namespace Berth.Grpc.Resolving;

/// <summary>
/// Tells a channel the pods of its target: once at the start, and again after each change. It polls nothing, and its results are never
/// failures: the library would answer a failure before the first pods with a balancer that knows one address.
/// </summary>
internal sealed class PodResolver : Resolver
{
    private readonly EndpointDirectory _directory;
    private readonly Channel _channel;
    private readonly ServiceConfig? _config;
    private readonly ILogger _logger;
    private readonly Supervisor _supervisor;
    private Action<ResolverResult> _listener = static _ => { };
    private EndpointView? _view;
    private EndpointList? _toldList;
    private ResolvedPods? _told;
    private volatile bool _isDisposed;

    public PodResolver(EndpointDirectory directory, Channel channel, ServiceConfig? config, ILogger logger)
    {
        _directory = directory;
        _channel = channel;
        _config = config;
        _logger = logger;
        _supervisor = new Supervisor(FollowAsync, Failed, new ExponentialBackoff(channel.Options.Random), directory.TimeProvider);
    }

    /// <summary>Completes when the resolver has ended. It never fails.</summary>
    public Task Running => _supervisor.Running;

    /// <inheritdoc/>
    public override void Start(Action<ResolverResult> listener)
    {
        _listener = listener;
        try
        {
            // An existing snapshot is reported before this method returns, so that the first call does not wait.
            TellPods(Follow());
        }
        catch (Exception exception)
        {
            // The first step of the loop tries again at once. It also says when the directory is disposed.
            if (!IsEnd(exception))
                Log.FollowingFailed(_logger, _channel.Address.Name, exception);
        }

        _supervisor.Start();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDisposed = true;
            _supervisor.Stop();
        }

        base.Dispose(disposing);
    }

    private static bool IsEnd(Exception exception) =>
        exception is ObjectDisposedException { ObjectName: nameof(EndpointDirectory) };

    /// <summary>Follows the view until it ends. After an exception the supervisor comes back, and what was not told is told.</summary>
    private async ValueTask FollowAsync(CancellationToken stopping)
    {
        try
        {
            EndpointView view = Follow();
            if (view.Current is null)
                await WaitForFirstAsync(view, stopping).ConfigureAwait(false);
            EndpointSnapshot? seen;
            do
                seen = TellPods(view);
            while (await view.WaitForChangeAsync(seen, stopping).ConfigureAwait(false));
            TellNone(null, $"The directory no longer follows {_channel.Address.Target}: it is disposed, or has released the target.");
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Log.ResolverEnded(_logger, _channel.Address.Name, exception);
            TellNone(null, $"The channel no longer follows {_channel.Address.Name}. {exception.Message}");
        }

        _supervisor.Stop();
    }

    /// <summary>Reports an exception of the source that opens a stream, of the library that is told, or a defect.</summary>
    private TimeSpan? Failed(Exception exception)
    {
        Log.FollowingFailed(_logger, _channel.Address.Name, exception);
        // Until a channel has a result, its calls wait without a limit.
        if (_toldList is null)
            TellNone(_view, $"Following {_channel.Address.Name} failed, and is tried again. {exception.Message}");
        return null;
    }

    // The view is kept: a target that is released must not be followed from the start.
    private EndpointView Follow() => _view ??= _directory.Follow(_channel.Address.Target, _channel.Ports);

    /// <summary>Waits for the first snapshot. Until a channel has a result, its calls wait without a limit.</summary>
    private async Task WaitForFirstAsync(EndpointView view, CancellationToken stopping)
    {
        try
        {
            await view.GetEndpointsAsync(stopping).ConfigureAwait(false);
        }
        catch (EndpointSourceException exception)
        {
            TellNone(view, exception.Message);
        }
    }

    /// <summary>Tells the pods of the latest snapshot unless they are told, and returns it.</summary>
    private EndpointSnapshot? TellPods(EndpointView view)
    {
        EndpointSnapshot? snapshot = view.Current;
        if (snapshot is null || ReferenceEquals(snapshot.Endpoints, _toldList))
            return snapshot;
        ResolvedPods pods;
        try
        {
            pods = _told = ResolvedPods.Of(_channel, view, snapshot, _told);
        }
        catch (Exception exception)
        {
            // The caller's HostName. The next change tries again.
            Log.HostNameFailed(_logger, _channel.Address.Name, exception);
            pods = ResolvedPods.None(
                _channel, null, $"HostName of the options failed for a pod of {_channel.Address.Name}. {exception.Message}");
        }

        Tell(pods);
        _toldList = snapshot.Endpoints;
        return snapshot;
    }

    private void TellNone(EndpointView? view, string reason) => Tell(ResolvedPods.None(_channel, view, reason));

    private void Tell(ResolvedPods pods)
    {
        if (!_isDisposed)
            _listener(ResolverResult.ForResult(pods, _config, null));
    }
}
