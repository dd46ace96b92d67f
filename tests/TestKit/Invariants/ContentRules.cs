using System.Globalization;

namespace Berth.TestKit.Invariants;

/// <summary>I2 and I4: the allowed content of a snapshot.</summary>
internal sealed class ContentRules(Violations violations, Func<string, bool> isStated)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _legal = new(StringComparer.Ordinal);
    private readonly HashSet<(string Name, string Address)> _checked = [];
    private Func<EndpointSnapshot, bool>? _isLegal;

    public bool HasLegalStates
    {
        get
        {
            lock (_lock)
                return _legal.Count > 0 || _isLegal is not null;
        }
    }

    public void Allow(IEnumerable<string> states)
    {
        lock (_lock)
            _legal.UnionWith(states);
    }

    public void Allow(Func<EndpointSnapshot, bool> isLegal)
    {
        lock (_lock)
            _isLegal = isLegal;
    }

    public void Check(EndpointSnapshot snapshot)
    {
        CheckWhole(snapshot);
        int? last = null;
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
        {
            violations.Unless(
                last is null || endpoint.Ordinal is null || endpoint.Ordinal >= last, "I2", () => $"{endpoint.Name} stands out of order");
            last = endpoint.Ordinal;
            CheckOrdinal(snapshot, endpoint);
            foreach (System.Net.IPAddress address in endpoint.Addresses)
                CheckStated(endpoint, address.ToString());
        }
    }

    private void CheckWhole(EndpointSnapshot snapshot)
    {
        Func<EndpointSnapshot, bool>? isLegal;
        string text = SnapshotText.Of(snapshot);
        lock (_lock)
        {
            if (_legal.Contains(text))
                return;
            isLegal = _isLegal;
        }

        violations.Unless(isLegal?.Invoke(snapshot) ?? false, "I2", () => $"'{text}' was published, which is no whole state of the script");
    }

    // Computed here from the name alone, without the product's code.
    private void CheckOrdinal(EndpointSnapshot snapshot, PodEndpoint endpoint)
    {
        if (!snapshot.Ports.NeedsOrdinal)
            return;
        string digits = endpoint.Name[(endpoint.Name.LastIndexOf('-') + 1)..];
        bool clean = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
            && ordinal.ToString(CultureInfo.InvariantCulture) == digits && ordinal == endpoint.Ordinal;
        violations.Unless(clean, "I4", () => $"{endpoint.Name} was given the ordinal {endpoint.Ordinal}");
        violations.Unless(endpoint.Port is > 0 and <= 65535, "I4", () => $"{endpoint.Name} was given the port {endpoint.Port}");
        if (snapshot.Ports.Equals(TestPods.Ports))
            violations.Unless(endpoint.Port == 3000 + ordinal, "I4", () => $"{endpoint.Name} was given the port {endpoint.Port}");
    }

    private void CheckStated(PodEndpoint endpoint, string address)
    {
        lock (_lock)
        {
            if (!_checked.Add((endpoint.Name, address)))
                return;
        }

        violations.Unless(isStated(address), "I4", () => $"{endpoint.Name} was given {address}, which the server never stated");
        violations.Unless(isStated(endpoint.Name), "I4", () => $"{endpoint.Name} was published, which the server never named");
    }
}
