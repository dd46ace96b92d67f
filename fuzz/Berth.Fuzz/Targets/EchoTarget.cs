using System.Buffers;
using Berth.Echo.Tcp;

namespace Berth.Fuzz.Targets;

/// <summary>
/// Data that clients send to the echo server. However it is divided, the answers are the same, and every byte comes back once and in order.
/// </summary>
internal static class EchoTarget
{
    private const int MaxLine = 64;
    private static readonly byte[] s_prefix = "10.0.0.1:3000"u8.ToArray();

    public static FuzzTarget Lines { get; } = new("echo-lines", Read, static _ => false, BytesPerByte: 200);

    private static void Read(byte[] input)
    {
        byte[] whole = Answer(input, static (_, rest) => rest);
        byte[] cut = Answer(input, static (bytes, rest) => Math.Min(1 + (bytes[^rest] % 90), rest));
        if (!whole.AsSpan().SequenceEqual(cut))
            throw new InvalidOperationException("The answers depend on how the bytes arrived.");
        int pieces = (whole.Length - input.Length) / (s_prefix.Length + 1);
        if (whole.Length != input.Length + (pieces * (s_prefix.Length + 1)))
            throw new InvalidOperationException($"{input.Length} bytes came back as {whole.Length}.");
    }

    private static byte[] Answer(byte[] input, Func<byte[], int, int> next)
    {
        ArrayBufferWriter<byte> answers = new();
        using LineFraming framing = new(s_prefix, MaxLine);
        int at = 0;
        while (at < input.Length)
        {
            int piece = next(input, input.Length - at);
            framing.Feed(input.AsSpan(at, piece), answers);
            at += piece;
        }

        framing.AnswerPartial(answers);
        return answers.WrittenSpan.ToArray();
    }
}
