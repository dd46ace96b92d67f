using System.Net;
using System.Net.Sockets;
using Berth.LocalCluster.Fields;

namespace Berth.LocalCluster.Rules;

/// <summary>The rules for the addresses of a slice. A real server also refuses loopback addresses. Here pods have such addresses.</summary>
internal static class SliceRules
{
    public static void Check(FieldFaults faults, JsonObject slice)
    {
        string? type = slice.Text("addressType");
        if (type is not ("IPv4" or "IPv6"))
            return;
        foreach ((int index, JsonObject endpoint) in slice.Items("endpoints").Index())
        {
            foreach ((int number, string address) in endpoint.Texts("addresses").Index())
            {
                foreach (string why in Faults(address, type))
                    faults.Invalid($"endpoints[{index}].addresses[{number}]", address, why);
            }
        }
    }

    private static IEnumerable<string> Faults(string address, string type)
    {
        bool isNumbers = !address.Contains(':', StringComparison.Ordinal);
        // .NET also reads brackets, a scope, and fewer than four numbers.
        bool isPlain = address.AsSpan().IndexOfAny('[', '%') < 0 && (!isNumbers || address.Split('.').Length == 4);
        if (!isPlain || !IPAddress.TryParse(address, out IPAddress? parsed))
            return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];

        if (isNumbers && address.Split('.').Any(static part => part.Length > 1 && part[0] == '0'))
            return ["must not have leading 0s"];
        if (parsed.IsIPv4MappedToIPv6)
            return ["must not be an IPv4-mapped IPv6 address"];
        if (type == "IPv4" != (parsed.AddressFamily == AddressFamily.InterNetwork))
            return [$"must be an {type} address"];
        if (parsed.ToString() != address)
            return [$"must be in canonical form (\"{parsed}\")"];
        return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any) ? [$"may not be unspecified ({address})"]
            : IsLinkLocal(parsed) ? ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"]
            : IsLinkLocalMulticast(parsed) ? ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]
            : [];
    }

    private static bool IsLinkLocal(IPAddress address) =>
        address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _];

    private static bool IsLinkLocalMulticast(IPAddress address) =>
        address.GetAddressBytes() is [224, 0, 0, _] || address.GetAddressBytes() is { Length: 16 } and [0xff, 0x02, ..];
}
