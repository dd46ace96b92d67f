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

    private readonly NamedToken[] _tokens;

    private TokenTable(NamedToken[] tokens) => _tokens = tokens;

    public IEnumerable<string> Names => _tokens.Select(static token => token.Name);

    /// <summary>Returns the tokens, or null with all faults in one text, which never contains a token.</summary>
    public static TokenTable? TryParse(string path, ReadOnlySpan<byte> content, out string? fault)
    {
        List<string> faults = [];
        Dictionary<string, NamedToken> byName = new(StringComparer.Ordinal);
        HashSet<string> hashes = new(StringComparer.Ordinal);
        int number = 0;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(content).EnumerateLines())
        {
            number++;
            if (line.Trim() is not { IsEmpty: false } text || text[0] == '#')
                continue;
            string[] words = text.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (FaultOf(words, out HashSet<ServiceTarget> targets) is { } ofLine)
                faults.Add($"{path} line {number}: {ofLine}");
            else if (byName.ContainsKey(words[0]))
                faults.Add($"{path} line {number}: the name '{words[0]}' is given twice. Give each token its own name.");
            else if (!hashes.Add(Convert.ToHexString(HashOf(words[1]))))
                faults.Add($"{path} line {number}: the token of '{words[0]}' is also that of another name. Give each name its own token.");
            else
                byName.Add(words[0], new NamedToken(words[0], HashOf(words[1]), targets.Count == 0 ? null : targets));
        }

        if (faults.Count == 0 && byName.Count is 0 or > MaxTokens)
            faults.Add($"{path} has {byName.Count} tokens. Give 1 to {MaxTokens}, one a line: NAME TOKEN [NAMESPACE/SERVICE ...].");
        fault = faults.Count == 0 ? null : string.Join(' ', faults.Take(20));
        return fault is null ? new TokenTable([.. byName.Values]) : null;
    }

    /// <summary>Finds the token that a client sent. How long it takes depends on neither the sent token nor those of the file.</summary>
    public NamedToken? Find(ReadOnlySpan<char> sent)
    {
        // A token has ASCII letters only, so more characters are more bytes than any token of the file has.
        if (sent.Length > MaxLength)
            return null;
        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(sent, bytes)], hash);
        NamedToken? found = null;
        foreach (NamedToken token in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(token.Hash, hash))
                found = token;
        }

        return found;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

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
