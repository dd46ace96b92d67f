namespace Berth.Kubernetes.Recordings;

/// <summary>
/// The positions at which the bytes of a recording are cut. A piece never contains two line ends, so that each event is published
/// separately.
/// </summary>
internal static class Boundaries
{
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] bytes) => At(bytes, []);

    public static IEnumerable<ReadOnlyMemory<byte>> SingleBytes(byte[] bytes) => At(bytes, Enumerable.Range(1, bytes.Length));

    /// <summary>The positions before and after every line end and one further: where framing can go wrong.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> AroundLineEnds(byte[] bytes) =>
        At(bytes, Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').SelectMany(static i => (int[])[i - 1, i, i + 1, i + 2]));

    /// <summary>Anywhere, as a network would; and so that buffers of a power of two fill up, nearly or just.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Anywhere(byte[] bytes, int seed)
    {
        Random random = new(seed);
        IEnumerable<int> anywhere = Enumerable.Range(0, Math.Max(20, bytes.Length / 700)).Select(
            _ => random.Next(1, Math.Max(2, bytes.Length)));
        IEnumerable<int> buffers = Enumerable.Range(8, 13).SelectMany(
            static power => (int[])[(1 << power) - 1, 1 << power, (1 << power) + 1]);
        return At(bytes, anywhere.Concat(buffers));
    }

    /// <summary>In two pieces, divided at one position.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Once(byte[] bytes, int position) => At(bytes, [position]);

    private static IEnumerable<ReadOnlyMemory<byte>> At(byte[] bytes, IEnumerable<int> positions)
    {
        SortedSet<int> cuts = [.. positions.Where(p => p > 0 && p < bytes.Length), bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n')
                cuts.Add(i + 1);
        }

        int from = 0;
        foreach (int cut in cuts.Where(static c => c > 0))
        {
            yield return bytes.AsMemory(from, cut - from);
            from = cut;
        }
    }
}
