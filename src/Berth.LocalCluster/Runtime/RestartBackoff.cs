namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The kubelet's back-off: the first restart at once, then after 10 s, doubled up to 5 minutes, from the start again after ten good minutes. "At once" is
/// a tenth of a second (a kubelet takes up to one), so that everybody sees the pod not ready in between.
/// </summary>
internal sealed class RestartBackoff
{
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(10);
    private TimeSpan next = Soon;

    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= Good)
            next = Soon;
        TimeSpan delay = next;
        next = delay == Soon ? First : delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
