using Berth.Kubernetes.Http;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Reflector;

/// <summary>What every state needs and none owns.</summary>
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

    /// <summary>A server that sends bookmarks does so about once a minute; none for so long, and it may not know our version (etcd restored).</summary>
    public static readonly TimeSpan LongestWithoutBookmark = TimeSpan.FromSeconds(150);

    private readonly Random _random;

    public ReflectorContext(KubernetesApi api, ResourceQuery query, IResourceDecoder<T> decoder, ServerTraits traits, ReflectorMetrics metrics, TimeProvider time, Random random)
    {
        Api = api;
        Query = query;
        Decoder = decoder;
        EventDecoder = new WatchEventDecoder<T>(decoder);
        Traits = traits;
        Metrics = metrics;
        Time = time;
        _random = random;
        Pacing = new RestartPacing(random);
    }

    public KubernetesApi Api { get; }

    public ResourceQuery Query { get; }

    public IResourceDecoder<T> Decoder { get; }

    public WatchEventDecoder<T> EventDecoder { get; }

    public ServerTraits Traits { get; }

    public ReflectorMetrics Metrics { get; }

    public TimeProvider Time { get; }

    public RestartPacing Pacing { get; }

    /// <summary>Between 5 and 10 minutes, so that the watches of many clients do not end together; as client-go.</summary>
    public int NextTimeoutSeconds() => _random.Next(300, 601);

    public void Restarted(string cause) => Metrics.Restarted(Query.Resource, cause);
}
