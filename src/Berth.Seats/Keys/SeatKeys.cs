using System.Security.Cryptography;

namespace Berth.Seats.Keys;

/// <summary>
/// The keys of one key file. The first key signs tickets, all verify. The first shared secret opens desks, and each of them is accepted.
/// </summary>
internal sealed class SeatKeys
{
    private readonly Dictionary<string, SeatKey> _byId;

    private SeatKeys(IReadOnlyList<SeatKey> all)
    {
        All = all;
        Shared = [.. all.OfType<SharedSeatKey>()];
        _byId = all.ToDictionary(static key => key.Id, StringComparer.Ordinal);
    }

    /// <summary>All keys, the newest first.</summary>
    public IReadOnlyList<SeatKey> All { get; }

    /// <summary>The key that signs.</summary>
    public SeatKey Signing => All[0];

    /// <summary>The shared secrets, the newest first; at least one.</summary>
    public IReadOnlyList<SharedSeatKey> Shared { get; }

    /// <summary>Creates the set.</summary>
    /// <exception cref="FormatException">The text has faults; the message names all of them.</exception>
    public static SeatKeys Parse(string text)
    {
        List<string> faults = [];
        List<SeatKey> keys = [];
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (ParseLine(line, out string? fault) is not { } key)
                faults.Add($"Line {number}: {fault}");
            else if (keys.Exists(known => known.Id == key.Id))
                faults.Add($"Line {number}: the key id '{key.Id}' is used twice. Give each key a different id.");
            else
                keys.Add(key);
        }

        if (faults.Count == 0 && !keys.Exists(static key => key is SharedSeatKey))
            faults.Add("It has no shared secret. Add a line ID=SECRET with the base64 form of at least 32 random bytes.");
        return faults.Count == 0 ? new SeatKeys(keys) : throw new FormatException(string.Join(' ', faults));
    }

    public SeatKey? Find(string id) => _byId.GetValueOrDefault(id);

    private static SeatKey? ParseLine(string line, out string? fault)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string id = equals < 0 ? "" : line[..equals].Trim();
        string value = equals < 0 ? "" : line[(equals + 1)..].Trim();
        fault = FaultOfId(id);
        if (fault is not null)
            return null;
        const string Private = "es256:";
        bool isPrivate = value.StartsWith(Private, StringComparison.Ordinal);
        byte[] bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(isPrivate ? value[Private.Length..] : value, bytes, out int length))
        {
            fault = $"the key '{id}' is not base64. Write it as {id}={(isPrivate ? Private : "")}BASE64.";
            return null;
        }

        return isPrivate ? ParsePrivate(id, bytes.AsSpan(0, length), out fault) : ParseShared(id, bytes.AsSpan(0, length), out fault);
    }

    // The id is part of a token and of JSON, so it has plain characters only.
    private static string? FaultOfId(string id) =>
        id.Length is > 0 and <= SeatKey.MaxIdLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? null
            : $"there is no key id of 1 to {SeatKey.MaxIdLength} letters, digits, '-' or '_'. Write the line as ID=BASE64.";

    private static SharedSeatKey? ParseShared(string id, ReadOnlySpan<byte> secret, out string? fault)
    {
        fault = secret.Length >= SharedSeatKey.MinLength
            ? null
            : $"the key '{id}' has {secret.Length} bytes. Give at least {SharedSeatKey.MinLength}, such as from 'openssl rand -base64 32'.";
        return fault is null ? new SharedSeatKey(id, secret.ToArray()) : null;
    }

    private static PrivateSeatKey? ParsePrivate(string id, ReadOnlySpan<byte> pkcs8, out string? fault)
    {
        fault = $"the key '{id}' is not a private key on the curve P-256 in the form PKCS #8. Make one with 'openssl genpkey -algorithm " +
            "EC -pkeyopt ec_paramgen_curve:P-256 -outform DER | base64 -w0'.";
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out int read);
            if (read == pkcs8.Length && key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                fault = null;
                return new PrivateSeatKey(id, key);
            }
        }
        catch (CryptographicException)
        {
            // The fault says it.
        }

        key.Dispose();
        return null;
    }
}
