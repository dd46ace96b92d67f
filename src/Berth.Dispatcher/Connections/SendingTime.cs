using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// The time that a client has to take its answers: that of Kestrel, which is 240 bytes a second over all that was written, and at least
/// 5 s for each answer (<see cref="KestrelServerLimits.MinResponseDataRate"/>). A client that took earlier answers fast may be slower
/// later.
/// </summary>
internal struct SendingTime
{
    private static readonly MinDataRate s_rate = new KestrelServerLimits().MinResponseDataRate!;

    private double _ends;

    /// <summary>Adds an answer.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="now">The present second of the connection.</param>
    public void Add(long bytes, int now)
    {
        double least = bytes / s_rate.BytesPerSecond;
        // The present second may be over at once, so one more is given, as Kestrel does.
        _ends = Math.Max(now + 1 + Math.Max(s_rate.GracePeriod.TotalSeconds, least), _ends + least);
    }

    /// <summary>The time that is left.</summary>
    public readonly TimeSpan LeftAt(int now) => TimeSpan.FromSeconds(Math.Max(_ends - now, 1));
}
