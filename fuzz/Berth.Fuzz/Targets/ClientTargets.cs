using System.Buffers;
using System.Net;
using System.Text;
using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Files;
using Berth.Dispatcher.Http;

namespace Berth.Fuzz.Targets;

/// <summary>Data that clients and load balancers send to service A, and the file of its tokens.</summary>
internal static class ClientTargets
{
    private static readonly IPNetwork s_proxies = IPNetwork.Parse("10.0.0.0/8");
    private static readonly IPAddress s_peer = IPAddress.Parse("10.0.0.1");

    public static FuzzTarget Proxy { get; } = new("proxy-header", ReadProxy, static _ => false, BytesPerByte: 200);

    public static FuzzTarget Forwarded { get; } = new("forwarded-for", ReadForwarded, static _ => false, BytesPerByte: 200);

    public static FuzzTarget Tokens { get; } = new("token-file", ReadTokens, static _ => false, BytesPerByte: 2000);

    public static FuzzTarget QueryString { get; } = new("query", ReadQuery, static _ => false, BytesPerByte: 200);

    public static FuzzTarget Preference { get; } = new("accept", ReadPreference, static _ => false, BytesPerByte: 200);

    /// <summary>Reads a header. The result is the same however the bytes are divided, and never needs more bytes than the limit.</summary>
    private static void ReadProxy(byte[] input)
    {
        bool? whole = ProxyHeader.TryRead(new ReadOnlySequence<byte>(input), out ProxyHeader header);
        bool? last = null;
        ProxyHeader inPieces = default;
        for (int length = 0; length <= input.Length && last is null; length++)
            last = ProxyHeader.TryRead(new ReadOnlySequence<byte>(input, 0, length), out inPieces);
        if (last != whole || inPieces.Length != header.Length || !Equals(inPieces.Source, header.Source))
            throw new InvalidOperationException("The header depends on how the bytes arrived.");
        if (whole is null && input.Length >= ProxyHeader.MaxLength)
            throw new InvalidOperationException("More is asked for than a header may have.");
        if (header.Length > input.Length)
            throw new InvalidOperationException("The header is longer than what arrived.");
    }

    /// <summary>The client is the peer, or an address from a proxy's header.</summary>
    private static void ReadForwarded(byte[] input)
    {
        TrustedProxies proxies = new([s_proxies]);
        string text = Encoding.UTF8.GetString(input);
        IPAddress found = proxies.FindClient(s_peer, text);
        IPAddress stranger = IPAddress.Parse("192.0.2.1");
        if (!proxies.FindClient(stranger, text).Equals(stranger))
            throw new InvalidOperationException("A client that is no proxy chose its address.");
        ClientKey.Of(found, 64);
    }

    /// <summary>A file is read or refused, and no sentence contains a token.</summary>
    private static void ReadTokens(byte[] input)
    {
        const string Secret = "secret-0123456789abcdef";
        byte[] content = [.. input, .. Encoding.UTF8.GetBytes($"\nlast {Secret}\n")];
        TokenTable? table = TokenTable.TryParse("FILE", content, out string? fault);
        if ((table is null) == (fault is null))
            throw new InvalidOperationException("There are both tokens and a fault, or neither.");
        if (fault?.Contains(Secret, StringComparison.Ordinal) == true)
            throw new InvalidOperationException("A token is in a sentence.");
        if (table is not null && table.Find(Secret)?.Name != "last")
            throw new InvalidOperationException("The last token is not found.");
    }

    /// <summary>A coding is chosen only if the client names it, or names all.</summary>
    private static void ReadPreference(byte[] input)
    {
        string header = Encoding.Latin1.GetString(input);
        string? coding = ContentCoding.Choose(header, hasBrotli: true);
        if (coding is not null && !header.Contains(coding, StringComparison.OrdinalIgnoreCase) && !header.Contains('*'))
            throw new InvalidOperationException($"{coding} is chosen, and the client does not name it.");
        if (coding is not null && !ContentCoding.IsTaken(header, coding))
            throw new InvalidOperationException($"{coding} is chosen, and the client refuses it.");
        if (ContentCoding.Choose(header, hasBrotli: false) == ContentCoding.Brotli)
            throw new InvalidOperationException("A coding is chosen that there is not.");
        if (Preferences.Find(header, "application/json") is < 0 or > 1000)
            throw new InvalidOperationException("The weight is outside of 0 to 1.");
    }

    private static void ReadQuery(byte[] input)
    {
        string query = Encoding.Latin1.GetString(input);
        Query.Find(query, "zone");
        Query.Find(query, "key");
    }
}
