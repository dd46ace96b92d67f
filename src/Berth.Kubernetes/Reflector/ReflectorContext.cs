using Berth.Kubernetes.Http;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The data that all states share. A step changes only its own state, and takes random numbers. It returns all other effects, and the
/// reflector applies them here.
/// </summary>
internal sealed class ReflectorContext<T>
    where T : class, IResource
{
    /// <summary>A watch that ends sooner than this without anything new made no progress.</summary>
    public static readonly TimeSpan MinWatch = TimeSpan.FromSeconds(1);

    /// <summary>A streaming list that takes longer than this counts as one that never completes.</summary>
    public static readonly TimeSpan MaxStreamingList = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause between two pieces of a list.</summary>
    public static readonly TimeSpan MaxListPause = TimeSpan.FromSeconds(30);

    /// <summary>The time after its own timeout by which a watch must end.</summary>
    public static readonly TimeSpan WatchMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest time without a bookmark. A server that sends bookmarks does so about once a minute. Without one for this time, it may
    /// not know our version (etcd restored).
    /// </summary>
    public static readonly TimeSpan MaxWithoutBookmark = TimeSpan.FromSeconds(150);

    /// <summary>
    /// The time without any data, even bookmarks, after which the end of a watch leads to a list. The server may have been restored to a
    /// version below ours, and then sends nothing on every watch from ours. It is longer than one watch, so that a server without bookmarks
    /// rarely gets such a list.
    /// </summary>
    public static readonly TimeSpan MaxUntold = TimeSpan.FromMinutes(15);

    private readonly Random _random;
    private readonly RestartPacing _pacing;
    private readonly ReflectorMetrics _metrics;
    private readonly WatchEventDecoder<T> _events;
    private readonly ProtobufEventDecoder<T>? _protobufEvents;
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
        _events = new WatchEventDecoder<T>(decoder);
        if (decoder.Protobuf is { } protobuf)
            _protobufEvents = new ProtobufEventDecoder<T>(protobuf, decoder.Kind);
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

    public ServerTraits Traits { get; }

    /// <summary>True to ask for protobuf, in lists and watches.</summary>
    public bool AsksForProtobuf => Decoder.Protobuf is not null && Traits.Protobuf;

    public TimeProvider Time { get; }

    /// <summary>True when the server has been silent for so long that it may no longer know our version.</summary>
    public bool IsUntold => Time.GetElapsedTime(_told) >= MaxUntold;

    /// <summary>Reads one event of a watch.</summary>
    /// <exception cref="ResourceFormatException">It is not an event as the API documents it.</exception>
    public WatchEvent<T> DecodeEvent(ReadOnlySpan<byte> bytes, bool isProtobuf) =>
        isProtobuf ? _protobufEvents!.Decode(bytes) : _events.Decode(bytes);

    /// <summary>Returns the consequence of a watch that ended early.</summary>
    /// <param name="progressed">True when the watch brought something new, or lasted long enough.</param>
    public Strike Strike(bool progressed) => _pacing.Next(_strikes, progressed);

    /// <summary>Returns 5 to 10 minutes, as in client-go, so that the watches of many clients do not end at the same time.</summary>
    public int NextTimeoutSeconds() => _random.Next(300, 601);

    /// <summary>Applies the effects of a step. Only the reflector calls it; a step itself changes only its own state.</summary>
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
