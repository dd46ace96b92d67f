using Berth.Fuzz.Targets;

namespace Berth.Fuzz;

/// <summary>An input on which a target failed. The message contains the input, so that it can be added to the corpus.</summary>
public sealed class FuzzException : Exception
{
    /// <summary>Tells what went wrong.</summary>
    public FuzzException(FuzzTarget target, byte[] input, string what, Exception? innerException)
        : base($"{target.Name} {what}. Its input of {input.Length} bytes, in Base64: {Convert.ToBase64String(input)}", innerException)
    {
    }
}
