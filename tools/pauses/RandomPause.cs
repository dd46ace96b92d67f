#nullable enable
using System;
using System.Threading.Tasks;

/// <summary>The pause after an await. Compiled into each project of the copy that tools/with-pauses makes.</summary>
internal static class RandomPause
{
    private const int MaxMilliseconds = 24;

    [ThreadStatic]
    private static Random? s_random;

    /// <summary>Goes on at once three times in five, lets others run once, and pauses once.</summary>
    public static async ValueTask NextAsync()
    {
        Random random = s_random ??= new Random(Guid.NewGuid().GetHashCode());
        switch (random.Next(5))
        {
            case 0:
                await Task.Delay(1 + random.Next(MaxMilliseconds)).ConfigureAwait(false);
                break;
            case 1:
                await Task.Yield();
                break;
            default:
                break;
        }
    }
}
