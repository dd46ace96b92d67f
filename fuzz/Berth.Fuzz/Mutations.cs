namespace Berth.Fuzz;

/// <summary>
/// Creates inputs from those of the corpus: it changes bytes, removes and doubles pieces, inserts pieces of other inputs, and words that
/// parsers know. The seed determines all of them.
/// </summary>
public sealed class Mutations(IReadOnlyList<byte[]> corpus, int seed)
{
    // Inserted pieces must not let inputs grow without end.
    private const int MaxLength = 64 * 1024;

    private static readonly byte[][] s_words =
    [
        [.. "null"u8], [.. "{}"u8], [.. "[]"u8], [.. "\""u8], [.. "\\u0000"u8], [.. "\\ud800"u8], [.. "-1"u8],
        [.. "99999999999999999999"u8], [.. "1e999"u8],
        [.. "\n"u8], [.. "\r\n"u8], [.. "\t"u8], [0], [0xFF], [0xC3, 0x28], [0xEF, 0xBB, 0xBF], [.. "/"u8], [.. "&a "u8], [.. "*a"u8],
        [.. "? "u8], [.. "- "u8], [.. ": "u8],
        [.. "{{{{{{{{{{{{{{{{"u8], [.. "[[[[[[[[[[[[[[[["u8], [.. ",,"u8], [.. "true"u8], [.. "::1"u8], [.. "0.0.0.0"u8],
        [.. "service-b-99999999999"u8],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        List<byte> bytes = [.. corpus[_random.Next(corpus.Count)]];
        for (int i = _random.Next(1, 6); i > 0; i--)
            Mutate(bytes);
        return bytes.Count <= MaxLength ? [.. bytes] : [.. bytes.Take(MaxLength)];
    }

    private void Mutate(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count + 1);
        int length = Math.Min(_random.Next(1, 1 << _random.Next(1, 9)), bytes.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.InsertRange(at, s_words[_random.Next(s_words.Length)]);
                break;
            case 5:
                byte[] other = corpus[_random.Next(corpus.Count)];
                int from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other.Skip(from).Take(_random.Next(1, 400)));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
