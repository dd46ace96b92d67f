namespace Berth.Pods;

/// <summary>Host names as DNS and certificates have them: labels of letters, digits and dashes, with dots between.</summary>
internal static class HostNames
{
    /// <summary>The longest name (RFC 1035).</summary>
    public const int MaxLength = 253;

    private const int MaxLabel = 63;

    /// <summary>
    /// True for a name that clients can look up. A name that ends with a number is refused, because it looks like an IPv4 address.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
            return false;
        ReadOnlySpan<char> last = text;
        foreach (Range range in text.Split('.'))
        {
            last = text[range];
            if (last.Length is 0 or > MaxLabel || last[0] == '-' || last[^1] == '-')
                return false;
            foreach (char c in last)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                    return false;
            }
        }

        return last.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>Throws unless the name can be looked up.</summary>
    /// <exception cref="ArgumentException">It is no host name.</exception>
    public static void ThrowIfInvalid(string host, string parameter)
    {
        if (!IsValid(host))
            throw new ArgumentException($"'{host}' is no host name. Give letters, digits and dashes, with dots between.", parameter);
    }
}
