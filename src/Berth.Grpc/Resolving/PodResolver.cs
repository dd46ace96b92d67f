using Berth.Grpc.Diagnostics;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Logging;

namespace Berth.Grpc.Resolving;

/// <summary>
/// Tells a channel the pods of its target: once at the start, and again after each change. It polls nothing, and its results are never
/// failures: the library would answer a failure before the first pods with a balancer that knows one address.
/// </summary>
internal sealed class PodResolver(EndpointDirectory directory, Channel channel, ServiceConfig? config, ILogger logger) : Resolver
{
    private readonly CancellationTokenSource _stopping = new();
    private ResolvedPods? _told;

    /// <summary>Completes when the resolver has ended. It never fails.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    // An existing snapshot is reported before this method returns, so that the first call does not wait.
    public override void Start(Action<ResolverResult> listener) => Running = RunAsync(listener);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stopping.Cancel();
        base.Dispose(disposing);
    }

    private async Task RunAsync(Action<ResolverResult> listener)
    {
        try
        {
            EndpointView view = directory.Follow(channel.Address.Target, channel.Ports);
            if (view.Current is null)
                await WaitForFirstAsync(listener, view).ConfigureAwait(false);
            await FollowAsync(listener, view).ConfigureAwait(false);
            Tell(listener, () => ResolvedPods.None(
                channel, null, $"The directory no longer follows {channel.Address.Target}: it is disposed, or has released the target."));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.ResolverEnded(logger, channel.Address.Name, exception);
            Tell(listener, () => ResolvedPods.None(
                channel, null, $"The channel no longer follows {channel.Address.Name}. {exception.Message}"));
        }
    }

    /// <summary>Waits for the first snapshot. Until a channel has a result, its calls wait without a limit.</summary>
    private async Task WaitForFirstAsync(Action<ResolverResult> listener, EndpointView view)
    {
        try
        {
            await directory.GetEndpointsAsync(channel.Address.Target, channel.Ports, _stopping.Token).ConfigureAwait(false);
        }
        catch (EndpointSourceException exception)
        {
            Tell(listener, () => ResolvedPods.None(channel, view, exception.Message));
        }
    }

    private async Task FollowAsync(Action<ResolverResult> listener, EndpointView view)
    {
        EndpointSnapshot? seen;
        EndpointList? told = null;
        do
        {
            seen = view.Current;
            if (seen is null || ReferenceEquals(seen.Endpoints, told))
                continue;
            told = seen.Endpoints;
            Tell(listener, () => _told = ResolvedPods.Of(channel, view, seen, _told));
        }
        while (await view.WaitForChangeAsync(seen, _stopping.Token).ConfigureAwait(false));
    }

    private void Tell(Action<ResolverResult> listener, Func<ResolvedPods> resolve)
    {
        if (_stopping.IsCancellationRequested)
            return;
        ResolvedPods pods;
        try
        {
            pods = resolve();
        }
        catch (Exception exception)
        {
            // The caller's HostName. The next change tries again.
            Log.HostNameFailed(logger, channel.Address.Name, exception);
            pods = ResolvedPods.None(
                channel, null, $"HostName of the options failed for a pod of {channel.Address.Name}. {exception.Message}");
        }

        listener(ResolverResult.ForResult(pods, config, null));
    }
}
