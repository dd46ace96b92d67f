using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Creates the address of an httpGet probe as a kubelet does: the path of the manifest is read as a URL, its scheme and host are replaced,
/// and the rest is sent unchanged.
/// </summary>
internal static partial class ProbeUrl
{
    private const string KeptInPath = "-_.~$&+,/:;=@";
    private const string AllowedInPath = KeptInPath + "!'()*[]%";

    /// <summary>Null when a kubelet fails: a path such as <c>a:b</c>, which is a URL without a host, or a host in brackets.</summary>
    public static Uri? Of(string scheme, string host, long port, string path)
    {
        if (host.Contains('[', StringComparison.Ordinal) || Target(path) is not { } target)
            return null;
        string name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        string text = string.Create(CultureInfo.InvariantCulture, $"{scheme.ToLowerInvariant()}://{name}:{port}{target}");

        // Dots and escapes of the path are sent unchanged.
        UriCreationOptions asIs = new() { DangerousDisablePathAndQueryCanonicalization = true };
        return Uri.TryCreate(text, in asIs, out Uri? uri) ? uri : null;
    }

    /// <summary>Path and query of a request.</summary>
    private static string? Target(string path)
    {
        string rest = path.Split('#', 2)[0];
        if (Scheme().Match(rest) is { Success: true } scheme)
        {
            rest = rest[scheme.Length..];
            if (!rest.StartsWith('/'))
                return null;
        }

        if (rest.StartsWith("//", StringComparison.Ordinal))
            rest = rest[2..].IndexOf('/', StringComparison.Ordinal) is >= 0 and var start ? rest[(start + 2)..] : "";
        string[] parts = rest.Split('?', 2);
        if (BrokenEscape().IsMatch(parts[0]))
            return Rooted(Escaped(path));
        string escaped = parts[0].All(IsAllowed) ? parts[0] : Escaped(Uri.UnescapeDataString(parts[0]));
        return Rooted(escaped) + (parts.Length > 1 ? "?" + parts[1].Replace(" ", "%20", StringComparison.Ordinal) : "");
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private static bool IsAllowed(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || AllowedInPath.Contains(letter, StringComparison.Ordinal);

    private static string Escaped(string path)
    {
        StringBuilder escaped = new();
        foreach (byte letter in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)letter) || KeptInPath.Contains((char)letter, StringComparison.Ordinal))
                escaped.Append((char)letter);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
        }

        return escaped.ToString();
    }

    [GeneratedRegex("^[A-Za-z][-A-Za-z0-9+.]*:")]
    private static partial Regex Scheme();

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})")]
    private static partial Regex BrokenEscape();
}
