using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Dispatcher.Files;

/// <summary>
/// The tokens of a file: one a line, <c>NAME TOKEN [NAMESPACE/SERVICE ...]</c>. Empty lines and lines that start with <c>#</c> do not
/// count.
/// </summary>
internal sealed class TokenTable
{
    internal const int MaxTokens = 1000;
    internal const int MinLength = 16;
    internal const int MaxLength = 512;
    internal const int MaxNameLength = 64;

    // The key of the digests. It is new for each table and never leaves it, so a client cannot tell from the time of an answer how much of
    // a digest is that of a token: it does not know the digest of anything.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<UInt128, NamedToken> _byDigest = [];

    private TokenTable()
    {
    }

    public IEnumerable<string> Names => _byDigest.Values.Select(static token => token.Name);

    /// <summary>Returns the tokens, or null with all faults in one text, which never contains a token.</summary>
    public static TokenTable? TryParse(string path, ReadOnlySpan<byte> content, out string? fault)
    {
        List<string> faults = [];
        TokenTable table = new();
        HashSet<string> names = new(StringComparer.Ordinal);
        int number = 0;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(content).EnumerateLines())
        {
            number++;
            if (line.Trim() is not { IsEmpty: false } text || text[0] == '#')
                continue;
            string[] words = text.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (FaultOf(words, out HashSet<ServiceTarget> targets) is { } ofLine)
                faults.Add($"{path} line {number}: {ofLine}");
            else if (!names.Add(words[0]))
                faults.Add($"{path} line {number}: the name '{words[0]}' is given twice. Give each token its own name.");
            else if (!table._byDigest.TryAdd(table.DigestOf(words[1]), new NamedToken(words[0], targets.Count == 0 ? null : targets)))
                faults.Add($"{path} line {number}: the token of '{words[0]}' is also that of another name. Give each name its own token.");
        }

        if (faults.Count == 0 && names.Count is 0 or > MaxTokens)
            faults.Add($"{path} has {names.Count} tokens. Give 1 to {MaxTokens}, one a line: NAME TOKEN [NAMESPACE/SERVICE ...].");
        fault = faults.Count == 0 ? null : string.Join(' ', faults.Take(20));
        return fault is null ? table : null;
    }

    /// <summary>Finds the token that a client sent. How long it takes says nothing about the tokens of the file.</summary>
    public NamedToken? Find(ReadOnlySpan<char> sent) =>
        // A token has ASCII letters only, so more characters are more bytes than any token of the file has.
        sent.Length > MaxLength ? null : _byDigest.GetValueOrDefault(DigestOf(sent));

    private UInt128 DigestOf(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes[..Encoding.UTF8.GetBytes(token, bytes)], digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private static string? FaultOf(string[] words, out HashSet<ServiceTarget> targets)
    {
        targets = [];
        // A line with one word may be a token without a name, so it is not repeated.
        if (words.Length < 2)
            return "there is a name or a token, not both. Write NAME TOKEN [NAMESPACE/SERVICE ...].";
        if (words[0].Length > MaxNameLength || !words[0].All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return $"the name is not valid. Give 1 to {MaxNameLength} letters, digits, '-', '_' or '.', then the token.";
        if (words[1].Length is < MinLength or > MaxLength || !words[1].All(IsOfToken))
            return $"the token of '{words[0]}' is not valid. Give {MinLength} to {MaxLength} letters, digits, '-', '.', '_', '~', '+', '/' "
                + "or '=', such as from 'openssl rand -hex 32'.";
        foreach (string word in words.Skip(2))
        {
            if (!ServiceTarget.TryParse(word, out ServiceTarget target, out string? fault))
                return $"a target of '{words[0]}' is not valid: {fault}";
            targets.Add(target);
        }

        return null;
    }

    // RFC 6750, 2.1.
    private static bool IsOfToken(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';
}
