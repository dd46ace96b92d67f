namespace Berth.Fuzz.Targets;

/// <summary>One piece of code that reads data from outside.</summary>
/// <param name="Name">Its name on the command line, and the name of its folder in the corpus.</param>
/// <param name="Run">Reads one input. Throws only documented exceptions, for which <paramref name="IsExpected"/> is true.</param>
/// <param name="IsExpected">True for the exceptions by which it may refuse an input.</param>
/// <param name="BytesPerByte">The number of bytes that it may allocate for each byte of input.</param>
public sealed record FuzzTarget(string Name, Action<byte[]> Run, Func<Exception, bool> IsExpected, int BytesPerByte)
{
    // Parsers, buffers, and an exception with its sentence and stack: every input costs these, however short it is.
    private const long FixedBytes = 256 * 1024;

    /// <summary>The time limit of one input, far above what is needed, so that only a hang exceeds it.</summary>
    public static TimeSpan LongestRun { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The limit of bytes that one input may allocate: 256 KiB, and <see cref="BytesPerByte"/> for each of its bytes.</summary>
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
            // The target may refuse the input.
        }
    }
}
