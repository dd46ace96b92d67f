namespace Berth.Http.Picking;

/// <summary>The options of a request that say which pod it is for, and which it was sent to.</summary>
internal static class RequestKeys
{
    /// <summary>The key that stays with one pod.</summary>
    public static HttpRequestOptionsKey<string> Key { get; } = new("Berth.Key");

    /// <summary>The ordinal of the one pod.</summary>
    public static HttpRequestOptionsKey<int> Ordinal { get; } = new("Berth.Ordinal");

    /// <summary>The name of the one pod.</summary>
    public static HttpRequestOptionsKey<string> Pod { get; } = new("Berth.Pod");

    /// <summary>The pod that the request was sent to.</summary>
    public static HttpRequestOptionsKey<PodEndpoint> SentTo { get; } = new("Berth.SentTo");
}
