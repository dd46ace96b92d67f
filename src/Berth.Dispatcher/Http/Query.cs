namespace Berth.Dispatcher.Http;

/// <summary>Reads a query string.</summary>
internal static class Query
{
    /// <summary>The decoded value of the first parameter of that name: empty when it has none, null when it is missing.</summary>
    public static string? Find(string query, string name)
    {
        ReadOnlySpan<char> rest = query.AsSpan().TrimStart('?');
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('&');
            ReadOnlySpan<char> pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int equals = pair.IndexOf('=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(name))
                return equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        }

        return null;
    }

    private static string Decode(ReadOnlySpan<char> value) => Uri.UnescapeDataString(value.ToString().Replace('+', ' '));
}
