namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The kubelet's back-off: the first restart at once, then after 10 s, doubled up to 5 minutes. Ten good minutes reset it. "At once" is a
/// tenth of a second (a kubelet takes up to one second), so that all watchers see that the pod is not ready.
/// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy.
/// </summary>
internal sealed class RestartBackoff
{
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_good = TimeSpan.FromMinutes(10);
    private TimeSpan _next = Soon;

    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= s_good)
            _next = Soon;
        TimeSpan delay = _next;
        _next = delay == Soon ? s_first : delay * 2 < s_maxDelay ? delay * 2 : s_maxDelay;
        return delay;
    }
}
