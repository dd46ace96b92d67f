using System.Globalization;
using System.Net;

namespace Berth.Kubernetes.Addresses;

/// <summary>
/// A map from addresses and nodes inside to addresses and host names outside. Immutable. A node's own line comes first, then the line of
/// the smallest network.
/// </summary>
internal sealed class AddressMap
{
    /// <summary>More lines than any cluster has nodes.</summary>
    public const int MaxLines = 20_000;

    private const int MaxFaults = 5;

    private readonly Dictionary<string, NamedAddresses> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<AddressRange, MapLine> _ranges = [];
    private readonly SortedSet<(int Family, int Prefix)> _sizes = new(Comparer<(int Family, int Prefix)>.Create(
        static (left, right) => left.Family != right.Family ? left.Family - right.Family : right.Prefix - left.Prefix));

    private AddressMap()
    {
    }

    /// <summary>An empty map.</summary>
    public static AddressMap Empty { get; } = new();

    /// <summary>The number of lines.</summary>
    public int Count => _nodes.Count + _ranges.Count;

    /// <summary>Reads a map.</summary>
    /// <param name="text">The lines. A <c>#</c> begins a comment.</param>
    /// <param name="fault">The faults as one clause with the numbers of their lines, or null.</param>
    /// <returns>The map, or null.</returns>
    public static AddressMap? TryParse(string text, out string? fault)
    {
        AddressMap map = new();
        List<string> faults = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string content = line.Split('#', 2)[0].Trim();
            if (content.Length > 0 && map.Add(content) is { } wrong)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"line {number}: {wrong}"));
        }

        if (faults.Count == 0 && map.Count == 0)
            faults.Add("it has no line");
        if (map.Count > MaxLines)
            faults.Add($"it has {map.Count} lines, and {MaxLines} are allowed");
        fault = faults.Count == 0 ? null
            : string.Join("; ", faults.Take(MaxFaults)) + (faults.Count > MaxFaults ? $"; and {faults.Count - MaxFaults} more" : "");
        return faults.Count == 0 ? map : null;
    }

    /// <summary>Finds the addresses and the host name of a pod's node.</summary>
    /// <param name="node">The node's name, or null when it is not known.</param>
    /// <param name="stated">The addresses that the slices state.</param>
    public NamedAddresses Find(string? node, IReadOnlyList<IPAddress> stated)
    {
        if (node is not null && _nodes.TryGetValue(node, out NamedAddresses? named))
            return named;
        if (_ranges.Count == 0)
            return NamedAddresses.None;
        List<IPAddress> addresses = [];
        string? host = null;
        foreach (IPAddress address in stated)
        {
            if (FindLine(address, out AddressRange from) is not { } line)
                continue;
            addresses.AddRange(line.To.Select(to => to.Translate(from, address)));
            host ??= line.Host;
        }

        return new NamedAddresses([.. addresses.Distinct()], host);
    }

    private MapLine? FindLine(IPAddress address, out AddressRange from)
    {
        foreach ((int family, int prefix) in _sizes)
        {
            if (family != (int)address.AddressFamily)
                continue;
            from = AddressRange.Around(address, prefix);
            if (_ranges.TryGetValue(from, out MapLine? line))
                return line;
        }

        from = default;
        return null;
    }

    private string? Add(string line)
    {
        string[] sides = line.Split("->", 2);
        string left = sides[0].Trim();
        string[] right = sides.Length < 2 ? [] : sides[1].Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        if (left.Length == 0 || right.Length == 0 || left.AsSpan().ContainsAny(' ', '\t'))
            return $"'{line}' is not FROM -> TO, as in 10.0.0.0/16 -> 203.0.113.0/24";
        bool isRange = AddressRange.TryParse(left, out AddressRange from, out string? fault);
        if (fault is not null)
            return fault;
        if (!isRange && !IsNodeName(left))
            return $"'{left}' is no network, address or name of a node";
        MapLine target = new([], null);
        foreach (string to in right)
        {
            if (target.Add(to, isRange, out target) is { } wrong)
                return wrong;
        }

        if (!isRange)
            return _nodes.TryAdd(left, target.ToNamed()) ? null : $"node {left} has a line already";
        _sizes.Add(((int)from.Family, from.Prefix));
        return _ranges.TryAdd(from, target) ? null : $"{from} has a line already";
    }

    // The name of a node is a DNS subdomain (RFC 1123) in small letters. A name without a letter would be a mistyped address.
    private static bool IsNodeName(string text)
    {
        bool isAllowed = text.Length <= 253 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
        bool hasLetter = text.Any(char.IsAsciiLetterLower);
        return isAllowed && hasLetter && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]);
    }

    /// <summary>The right side of a line.</summary>
    private sealed record MapLine(AddressRange[] To, string? Host)
    {
        public NamedAddresses ToNamed() => new([.. To.Select(static to => to.Translate(to, IPAddress.Any))], Host);

        /// <summary>Adds one part. Returns the fault as a clause, or null.</summary>
        public string? Add(string part, bool isRange, out MapLine next)
        {
            next = this;
            bool isNumber = AddressRange.TryParse(part, out AddressRange to, out string? fault);
            if (fault is not null)
                return fault;
            if (isNumber && !isRange && part.Contains('/'))
                return $"'{part}' is a network, and a node has addresses: give one";
            if (!isNumber && !NamedAddresses.IsHost(part))
                return $"'{part}' is neither an address nor a host name with a dot";
            if (!isNumber && Host is not null)
                return $"'{Host}' and '{part}' are two host names: give one";
            next = isNumber ? this with { To = [.. To, to] } : this with { Host = part };
            return null;
        }
    }
}
