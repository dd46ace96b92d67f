using System.Runtime.CompilerServices;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>One open watch: its bytes and its age.</summary>
internal sealed class WatchConnection : IDisposable
{
    private readonly KubernetesResponse _response;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly ReadPatience _patience;

    private WatchConnection(KubernetesResponse response, TimeProvider time, int timeoutSeconds)
    {
        _response = response;
        _time = time;
        _opened = time.GetTimestamp();
        TimeoutSeconds = timeoutSeconds;
        _patience = new ReadPatience(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>The time after which the server was asked to end the watch.</summary>
    public int TimeoutSeconds { get; }

    /// <summary>The lines that have arrived.</summary>
    public WatchFraming Framing { get; } = new();

    /// <summary>The time for which the watch has been open.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_opened);

    public static async ValueTask<WatchConnection> OpenAsync<T>(
        ReflectorContext<T> context, Func<int, string> url, CancellationToken cancellationToken)
        where T : class, IResource
    {
        int timeout = context.NextTimeoutSeconds();
        KubernetesResponse response = await context.Api.GetAsync(url(timeout), cancellationToken).ConfigureAwait(false);
        return new WatchConnection(response, context.Time, timeout);
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _response.Dispose();
        Framing.Dispose();
        _patience.Dispose();
    }
}
