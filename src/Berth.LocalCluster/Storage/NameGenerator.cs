namespace Berth.LocalCluster.Storage;

/// <summary>Creates UIDs, name suffixes and template hashes, in the alphabets of Kubernetes (no vowels, so no words).</summary>
internal sealed class NameGenerator(Random random)
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;

    /// <summary>A name with a suffix is never longer than a label.</summary>
    private const int MaxPrefixLength = 63 - SuffixLength;
    private readonly Lock _gate = new();

    public string WithSuffix(string prefix)
    {
        lock (_gate)
            return prefix[..Math.Min(prefix.Length, MaxPrefixLength)] + new string(random.GetItems(Alphabet.AsSpan(), SuffixLength));
    }

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
            random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    public double NextDouble()
    {
        lock (_gate)
            return random.NextDouble();
    }

    /// <summary>
    /// FNV-1a over the text, its decimal digits written in the safe alphabet, as the names of revisions and ReplicaSets are.
    /// </summary>
    public static string Hash(ReadOnlySpan<byte> utf8)
    {
        uint hash = 2166136261;
        foreach (byte value in utf8)
            hash = (hash ^ value) * 16777619;
        return string.Concat(hash.ToString(CultureInfo.InvariantCulture).Select(digit => Alphabet[digit % Alphabet.Length]));
    }
}
