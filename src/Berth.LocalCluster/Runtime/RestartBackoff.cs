namespace Berth.LocalCluster.Runtime;

/// <summary>The kubelet's back-off: the first restart at once, then after 10 s, doubled up to 5 minutes, from the start again after ten good minutes.</summary>
internal sealed class RestartBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(10);
    private TimeSpan next = TimeSpan.Zero;

    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= Good)
        {
            next = TimeSpan.Zero;
        }

        TimeSpan delay = next;
        next = delay == TimeSpan.Zero ? First : delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
