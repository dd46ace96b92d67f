using System.Net;
using System.Text;
using Berth.Pods;

namespace Berth.Kubernetes.Addresses;

/// <summary>The addresses that one source has for a node, and its host name.</summary>
/// <param name="Addresses">The addresses, in the order stated.</param>
/// <param name="Host">The host name, or null.</param>
internal sealed record NamedAddresses(IPAddress[] Addresses, string? Host)
{
    /// <summary>An empty value: no address and no name.</summary>
    public static NamedAddresses None { get; } = new([], null);

    /// <summary>The part that could not be read, as a clause, or null. With a fault, the value is otherwise empty.</summary>
    public string? Fault { get; private init; }

    /// <summary>Reads addresses and a host name with commas or spaces between. If a part is neither, the whole text is refused.</summary>
    public static NamedAddresses Read(string? text)
    {
        List<IPAddress> addresses = [];
        string? host = null;
        foreach (string part in (text ?? "").Split([',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryReadAddress(part, out IPAddress? address))
                addresses.Add(address!);
            else if (!IsHost(part))
                return None with { Fault = $"'{Cut(part)}' is neither an IP address nor a host name with a dot" };
            else if (host is not null)
                return None with { Fault = $"'{host}' and '{part}' are two host names, and a node has one" };
            else
                host = part;
        }

        return addresses.Count == 0 && host is null ? None : new NamedAddresses([.. addresses], host);
    }

    /// <summary>True for a host name that clients anywhere can look up. A word without a dot is not such a name.</summary>
    public static bool IsHost(string text) => text.Contains('.') && HostNames.IsValid(text);

    /// <summary>Reads an address as Kubernetes writes it, except the unspecified address.</summary>
    public static bool TryReadAddress(string text, out IPAddress? address) =>
        SliceAddress.TryParse(Encoding.UTF8.GetBytes(text), out address)
        && !address!.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

    public bool Equals(NamedAddresses? other) =>
        other is not null && Host == other.Host && Fault == other.Fault && Addresses.AsSpan().SequenceEqual(other.Addresses);

    public override int GetHashCode() => HashCode.Combine(Addresses.Length, Host, Fault);

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
