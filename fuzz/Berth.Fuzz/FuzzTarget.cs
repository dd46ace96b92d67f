namespace Berth.Fuzz;

/// <summary>One piece of code that reads what others wrote.</summary>
/// <param name="Name">Its name on the command line, and of its folder of the corpus.</param>
/// <param name="Run">Reads one input. Throws only what is documented to be thrown, which <paramref name="IsExpected"/> knows.</param>
/// <param name="IsExpected">True for the exceptions with which it may refuse.</param>
/// <param name="BytesPerByte">How many bytes it may allocate for each byte of input.</param>
public sealed record FuzzTarget(string Name, Action<byte[]> Run, Func<Exception, bool> IsExpected, int BytesPerByte)
{
    // Parsers, buffers, an exception with its sentence and stack: what any input costs, however short.
    private const long FixedBytes = 256 * 1024;

    /// <summary>The time limit of one input, far above what is needed, so that only a hang exceeds it.</summary>
    public static TimeSpan LongestRun { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The bound on what one input may allocate: 256 KiB, and so many bytes for each of its own.</summary>
    public long MostBytes(int length) => FixedBytes + ((long)length * BytesPerByte);

    /// <summary>Reads one input; an expected refusal is fine.</summary>
    public void Try(byte[] input)
    {
        try
        {
            Run(input);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            // Refusing is what is wanted.
        }
    }
}
