using Berth.Fuzz.Targets;

namespace Berth.Fuzz;

/// <summary>
/// A short run of every target: no input crashes it, hangs it or makes it allocate beyond its bound. CONTRIBUTING says how to run long.
/// </summary>
public sealed class FuzzTests
{
    private const int Inputs = 20_000;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(static t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_inputs_are_read_or_refused(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;

        Assert.Equal(Inputs, FuzzLoop.Run(target, seed: 1, Inputs, TimeSpan.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Short_and_strange_inputs_are_read_or_refused(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        FuzzLoop.Play(target, []);
        for (int value = 0; value < 256; value++)
        {
            FuzzLoop.Play(target, [(byte)value]);
            FuzzLoop.Play(target, [.. Enumerable.Repeat((byte)value, 5000)]);
        }
    }

    [Fact]
    public void Crash_excess_and_refusal_are_distinguished()
    {
        byte[] input = [1, 2, 3];
        FuzzTarget crash = new("crash", static _ => throw new InvalidOperationException("by design"), static e => e is FormatException, 1);
        Assert.Contains(
            "InvalidOperationException: by design", Assert.Throws<FuzzException>(() => FuzzLoop.Play(crash, input)).Message,
            StringComparison.Ordinal);
        FuzzTarget greed = new("greed", static _ => GC.KeepAlive(new byte[1_000_000]), static _ => false, 1);
        Assert.Contains("AQID", Assert.Throws<FuzzException>(() => FuzzLoop.Play(greed, input)).Message, StringComparison.Ordinal);
        FuzzLoop.Play(new FuzzTarget("refusal", static _ => throw new FormatException(), static e => e is FormatException, 1), input);
    }
}
