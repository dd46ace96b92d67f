namespace Berth.Soak;

/// <summary>Sends requests to A all the time, as clients do, and gives every answer to the judge.</summary>
internal sealed class Sampler(ServiceA service, Judge judge)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private const int PicksAPage = 10;

    public long Picks { get; private set; }

    public long Pages { get; private set; }

    /// <summary>Requests without a valid answer, and answers with a lower version than before.</summary>
    public long Failures { get; private set; }

    public async Task RunAsync(CancellationToken ending)
    {
        using PeriodicTimer pace = new(Pause);
        long version = 0;
        try
        {
            while (await pace.WaitForNextTickAsync(ending))
            {
                try
                {
                    await PickAsync(ending);
                    if (Picks % PicksAPage == 0)
                        version = await ReadAsync(version, ending);
                }
                catch (HttpRequestException exception)
                {
                    Fail($"A did not answer: {exception.Message}");
                }
                catch (TaskCanceledException) when (!ending.IsCancellationRequested)
                {
                    Fail("A did not answer within 10 s");
                }

                judge.Work();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The soak is over.
        }
    }

    private async Task PickAsync(CancellationToken ending)
    {
        Named named = await service.PickAsync(ending);
        Picks++;
        judge.Take(named);
    }

    private async Task<long> ReadAsync(long version, CancellationToken ending)
    {
        Page page = await service.ReadAsync(ending);
        Pages++;
        foreach (Target target in page.Ready)
            judge.Take(new Named(target.Authority, target.Uid, page.Asked, page.Answered));
        if (page.Version < version)
            Fail($"A's version went back from {version} to {page.Version}");
        return page.Version;
    }

    private void Fail(string what)
    {
        Failures++;
        judge.Fault(what);
    }
}
