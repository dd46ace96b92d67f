using System.Security.Cryptography;
using System.Text;
using Berth.Seats.Keys;

namespace Berth.Seats.Server;

/// <summary>Lets those in who have a shared key. It computes the tokens once for each content of the key file.</summary>
internal sealed class DeskGate(SeatKeyFile file, string pod)
{
    private const string Scheme = "Bearer ";

    private volatile Tokens? _tokens;

    /// <summary>True when a value of the header Authorization has a token of this pod. Each token is compared in constant time.</summary>
    public bool Opens(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || authorization.Length > Scheme.Length + 256)
            return false;
        SeatKeys keys = file.Current;
        if (_tokens is not { } tokens || tokens.Keys != keys)
            _tokens = tokens = new Tokens(keys, [.. keys.Shared.Select(key => Encoding.UTF8.GetBytes(key.TokenFor(pod)))]);
        byte[] given = Encoding.UTF8.GetBytes(authorization[Scheme.Length..]);
        bool opens = false;
        foreach (byte[] token in tokens.Values)
            opens |= CryptographicOperations.FixedTimeEquals(given, token);
        return opens;
    }

    private sealed record Tokens(SeatKeys Keys, IReadOnlyList<byte[]> Values);
}
