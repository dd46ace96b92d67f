using System.Diagnostics;
using System.Runtime.CompilerServices;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>One open watch: its bytes and its age.</summary>
internal sealed class WatchConnection : IDisposable
{
    private readonly KubernetesResponse _response;
    private readonly Activity? _activity;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly ReadPatience _patience;

    private WatchConnection(KubernetesResponse response, Activity? activity, TimeProvider time, int timeoutSeconds)
    {
        _response = response;
        _activity = activity;
        _time = time;
        _opened = time.GetTimestamp();
        TimeoutSeconds = timeoutSeconds;
        _patience = new ReadPatience(Timeout.InfiniteTimeSpan, time);
        IsProtobuf = response.IsProtobuf;
        Framing = new WatchFraming(IsProtobuf);
    }

    /// <summary>The time after which the server was asked to end the watch.</summary>
    public int TimeoutSeconds { get; }

    /// <summary>True when the events are protobuf, false when they are JSON.</summary>
    public bool IsProtobuf { get; }

    /// <summary>The events that have arrived.</summary>
    public WatchFraming Framing { get; }

    /// <summary>The time for which the watch has been open.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_opened);

    public static async ValueTask<WatchConnection> OpenAsync<T>(
        ReflectorContext<T> context, Func<int, string> url, CancellationToken cancellationToken)
        where T : class, IResource
    {
        int timeout = context.NextTimeoutSeconds();
        Activity? activity = ReflectorActivity.Start(context.Query, "watch");
        try
        {
            KubernetesResponse response = await context.Api
                .GetAsync(url(timeout), cancellationToken, context.AsksForProtobuf).ConfigureAwait(false);
            return new WatchConnection(response, activity, context.Time, timeout);
        }
        catch (Exception exception)
        {
            ReflectorActivity.Failed(activity, exception);
            activity?.Dispose();
            throw;
        }
    }

    /// <summary>Waits for more bytes.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="TimeoutException">No data arrived in time.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        int read = await _patience.ReadAsync(_response.Body, Framing.GetMemory(), longest, cancellationToken).ConfigureAwait(false);
        Framing.Advance(read);
        return read > 0;
    }

    /// <summary>Closes the watch, and says why it ended.</summary>
    /// <param name="cause">One of <see cref="RestartCause"/>, or null when it was abandoned.</param>
    public void End(string? cause)
    {
        ReflectorActivity.Ended(_activity, cause);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _activity?.Dispose();
        _response.Dispose();
        Framing.Dispose();
        _patience.Dispose();
    }
}
