namespace Berth.Http.Picking;

/// <summary>Reads what requests say about their pods: in their options, and in the host of their URLs.</summary>
/// <param name="hosts">The hosts that stand for the view.</param>
internal sealed class PodRequests(IReadOnlyCollection<string> hosts)
{
    /// <summary>The picker of keys. It has no state.</summary>
    public static StickyPicker Sticky { get; } = new();

    /// <summary>Reads a request, if its host stands for the view or for one of its pods.</summary>
    /// <exception cref="ArgumentException">The request names two pods that are not one, or a negative ordinal.</exception>
    public bool TryRead(HttpRequestMessage request, out PodRequest read)
    {
        read = default;
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || !IsOurs(uri.Host, out string? pod))
            return false;
        string? named = request.Options.TryGetValue(RequestKeys.Pod, out string? name) ? name : null;
        int? ordinal = request.Options.TryGetValue(RequestKeys.Ordinal, out int number) ? number : null;
        string? key = request.Options.TryGetValue(RequestKeys.Key, out string? text) ? text : null;
        if (named is not null && pod is not null && named != pod)
            throw new ArgumentException($"The request names {pod} in its URL and {named} in its options. Name one pod.", nameof(request));
        if (ordinal < 0)
            throw new ArgumentException($"The request asks for ordinal {ordinal}. Ordinals are 0 or more.", nameof(request));
        read = new PodRequest(named ?? pod, ordinal, key);
        if (read is { Pod: { } both, Ordinal: { } other } && !(PodOrdinal.TryParse(both, out int of, out _) && of == other))
            throw new ArgumentException($"The request names the pod {both} and the ordinal {other}. Name one.", nameof(request));
        return true;
    }

    private bool IsOurs(string host, out string? pod)
    {
        pod = null;
        foreach (string ours in hosts)
        {
            if (!host.EndsWith(ours, StringComparison.Ordinal))
                continue;
            int before = host.Length - ours.Length;
            if (before == 0)
                return true;
            if (before == 1 || host[before - 1] != '.')
                continue;
            pod = host[..(before - 1)];
            return true;
        }

        return false;
    }
}
