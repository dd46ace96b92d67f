using System.Diagnostics;
using Berth.Fuzz.Targets;

namespace Berth.Fuzz;

/// <summary>
/// Gives mutated inputs to a target until one fails. It needs no fuzzer, and the same seed gives the same inputs.
/// </summary>
public static class FuzzLoop
{
    /// <summary>The corpus of a target, in the folder of the program.</summary>
    public static IReadOnlyList<byte[]> Corpus(FuzzTarget target) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target.Name)).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)];

    /// <summary>Gives a number of inputs to the target, or gives inputs for some time, whichever ends first.</summary>
    /// <returns>The number of inputs.</returns>
    /// <exception cref="FuzzException">An input crashed the target, took too long or allocated too much.</exception>
    public static int Run(FuzzTarget target, int seed, int inputs, TimeSpan longest)
    {
        IReadOnlyList<byte[]> corpus = Corpus(target);
        foreach (byte[] input in corpus)
            Play(target, input);
        Mutations mutations = new(corpus, seed);
        long started = Stopwatch.GetTimestamp();
        int played = 0;
        for (; played < inputs && Stopwatch.GetElapsedTime(started) < longest; played++)
            Play(target, mutations.Next());
        return played;
    }

    /// <summary>Gives one input to the target.</summary>
    /// <exception cref="FuzzException">It crashed the target, took too long or allocated too much.</exception>
    public static void Play(FuzzTarget target, byte[] input)
    {
        (long allocated, TimeSpan took) = Measure(target, input);
        // Objects that are loaded once, such as the machine's root certificates, are not part of the cost of this input, and neither is the
        // time in which the machine did something else.
        if (allocated > target.MostBytes(input.Length) || took > FuzzTarget.LongestRun)
            (allocated, took) = Measure(target, input);
        if (allocated > target.MostBytes(input.Length))
            throw new FuzzException(target, input, $"allocated {allocated} bytes, more than {target.MostBytes(input.Length)}", null);
        if (took > FuzzTarget.LongestRun)
            throw new FuzzException(target, input, $"took {took}", null);
    }

    private static (long Allocated, TimeSpan Took) Measure(FuzzTarget target, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        using Timer watchdog = new(_ => GiveUp(target, input), null, FuzzTarget.LongestRun * 10, Timeout.InfiniteTimeSpan);
        try
        {
            target.Try(input);
        }
        catch (Exception exception)
        {
            throw new FuzzException(target, input, $"threw {exception.GetType().Name}: {exception.Message}", exception);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Reports an input that never returns, from another thread.</summary>
    private static void GiveUp(FuzzTarget target, byte[] input) =>
        Environment.FailFast(new FuzzException(target, input, $"has not returned for {FuzzTarget.LongestRun * 10}", null).Message);
}
