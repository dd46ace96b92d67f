namespace Berth.Bench.Rows;

/// <summary>
/// Two measurements of the same work, one at a time. Each waits for its turn before every round, so that a round of one side comes right
/// after a round of the other and a slow minute of the machine slows both. The order is first, second, second, first, first, and so on: a
/// machine that becomes slower and slower is then no fault of one side.
/// </summary>
internal sealed class Turns
{
    private readonly SemaphoreSlim[] _turns = [new(0), new(0)];
    private readonly int[] _rounds = new int[2];
    private bool _alone;

    private Turns()
    {
    }

    /// <summary>Runs both. Each gets the function to call before a round.</summary>
    public static async Task<(T First, T Second)> RunAsync<T>(Func<Func<Task>, Task<T>> first, Func<Func<Task>, Task<T>> second)
    {
        Turns turns = new();
        Task<T>[] both = [turns.RunSideAsync(0, first), turns.RunSideAsync(1, second)];
        await Task.WhenAll(both);
        return (await both[0], await both[1]);
    }

    private async Task<T> RunSideAsync<T>(int side, Func<Func<Task>, Task<T>> measure)
    {
        if (side == 1)
            await _turns[side].WaitAsync();
        try
        {
            return await measure(() => BeforeRoundAsync(side));
        }
        finally
        {
            // The other side has the machine for itself from now on.
            _alone = true;
            _turns[1 - side].Release();
        }
    }

    private Task BeforeRoundAsync(int side)
    {
        int round = ++_rounds[side];
        // Both prepare first. Then the first side has rounds 1, 2 and 3, 4 and 5; the second side has 1 and 2, 3 and 4.
        bool hasAnother = round > 1 && round % 2 != side;
        if (_alone || hasAnother)
            return Task.CompletedTask;
        _turns[1 - side].Release();
        return _turns[side].WaitAsync();
    }
}
