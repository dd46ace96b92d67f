using Berth.Kubernetes.Http;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>What every state reads and none changes. Steps return their effects, and the reflector applies them here.</summary>
internal sealed class ReflectorContext<T>
    where T : class, IResource
{
    /// <summary>A watch that ends sooner and without anything new has done nothing.</summary>
    public static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    /// <summary>A streaming list that is not complete by then never will be.</summary>
    public static readonly TimeSpan LongestStreamingList = TimeSpan.FromSeconds(30);

    /// <summary>How long a list may pause between two pieces.</summary>
    public static readonly TimeSpan LongestListPause = TimeSpan.FromSeconds(30);

    /// <summary>How much later than its own timeout a watch may end.</summary>
    public static readonly TimeSpan WatchMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A server that sends bookmarks does so about once a minute; none for so long, and it may not know our version (etcd restored).
    /// </summary>
    public static readonly TimeSpan LongestWithoutBookmark = TimeSpan.FromSeconds(150);

    /// <summary>
    /// A server that has told nothing new for so long, not even a bookmark, is asked for a list when its watch ends: it may have been
    /// restored to a version below ours, and then keeps silent on every watch from there. Longer than one watch, so that a server without
    /// bookmarks is asked rarely.
    /// </summary>
    public static readonly TimeSpan LongestUntold = TimeSpan.FromMinutes(15);

    private readonly Random _random;
    private readonly RestartPacing _pacing;
    private readonly ReflectorMetrics _metrics;
    private int _strikes;
    private long _told;

    public ReflectorContext(
        KubernetesApi api,
        ResourceQuery query,
        IResourceDecoder<T> decoder,
        ServerTraits traits,
        ReflectorMetrics metrics,
        TimeProvider time,
        Random random)
    {
        Api = api;
        Query = query;
        Decoder = decoder;
        EventDecoder = new WatchEventDecoder<T>(decoder);
        Traits = traits;
        _metrics = metrics;
        Time = time;
        _random = random;
        _pacing = new RestartPacing(random);
        _told = time.GetTimestamp();
    }

    public KubernetesApi Api { get; }

    public ResourceQuery Query { get; }

    public IResourceDecoder<T> Decoder { get; }

    public WatchEventDecoder<T> EventDecoder { get; }

    public ServerTraits Traits { get; }

    public TimeProvider Time { get; }

    /// <summary>True when the server has told nothing for so long that it may no longer know our version.</summary>
    public bool IsUntold => Time.GetElapsedTime(_told) >= LongestUntold;

    /// <summary>Returns what the early end of a watch leads to.</summary>
    /// <param name="progressed">Whether the watch had brought something new, or lasted.</param>
    public Strike Strike(bool progressed) => _pacing.Next(_strikes, progressed);

    /// <summary>Between 5 and 10 minutes, so that the watches of many clients do not end together; as client-go.</summary>
    public int NextTimeoutSeconds() => _random.Next(300, 601);

    /// <summary>Applies what a step returned. Only the reflector calls it: a step changes nothing itself.</summary>
    public void Apply(in StepEffects effects)
    {
        if (effects.Learned != Learned.None)
            Traits.Learn(effects.Learned);
        if (effects.Learned.HasFlag(Learned.Version))
            _told = Time.GetTimestamp();
        if (effects.Restart is { } cause)
            _metrics.Restarted(Query.Resource, cause);
        _strikes = effects.Strikes ?? _strikes;
    }
}
