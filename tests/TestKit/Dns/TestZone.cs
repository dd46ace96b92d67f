using System.Globalization;
using System.Text;

namespace Berth.TestKit.Dns;

/// <summary>A zone <c>cluster.local</c>, shaped as Kubernetes DNS-Based Service Discovery 1.1.0 says. Immutable.</summary>
public sealed class TestZone
{
    public const string Origin = "cluster.local";
    public const string Service = "service-b.k8s-example2.svc.cluster.local";

    private readonly Dictionary<(string Name, int Type), List<TestRecord>> _records = [];
    private readonly HashSet<string> _names = [];

    public TestZone(IEnumerable<TestRecord> records, int negativeTtl = 5)
    {
        Soa = TestRecord.Soa(Origin, 3600, negativeTtl);
        foreach (TestRecord record in records)
        {
            if (!_records.TryGetValue((record.Name, record.Type), out List<TestRecord>? set))
                _records.Add((record.Name, record.Type), set = []);
            set.Add(record);
            // A parent of an existing name exists too.
            for (string name = record.Name; name.Length > 0; name = name.Contains('.', StringComparison.Ordinal)
                ? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] : "")
                _names.Add(name);
        }
    }

    public static TestZone Empty { get; } = new([]);

    public TestRecord Soa { get; }

    public IEnumerable<TestRecord> Records => _records.Values.SelectMany(static r => r);

    /// <summary>A headless Service: addresses of the Service without doubles, one name a pod, SRV records below the given owners.</summary>
    /// <param name="pods">Host and address; a host twice for two families.</param>
    /// <param name="srv">The owners of SRV records below the Service, such as <c>_game._tcp</c>; empty text for the Service itself; none
    /// for unnamed ports.</param>
    /// <param name="ttl">The TTL of all records, in seconds.</param>
    public static TestZone Headless(
        IReadOnlyList<(string Host, string Address)> pods, IReadOnlyList<string>? srv = null, int ttl = 5) => new(
    [
        .. pods.Select(static p => p.Address).Distinct().Select(a => TestRecord.Address(Service, a, ttl)),
        .. pods.Select(p => TestRecord.Address($"{p.Host}.{Service}", p.Address, ttl)),
        .. (srv ?? ["_game._tcp"]).SelectMany(owner => pods.Select(static p => p.Host).Distinct().Select(
            host => TestRecord.Srv(owner.Length == 0 ? Service : $"{owner}.{Service}", 3000, $"{host}.{Service}", ttl))),
    ]);

    /// <summary>Pods service-b-0 and on, spread over three nodes, so that their addresses repeat.</summary>
    public static IReadOnlyList<(string Host, string Address)> Pods(int count, int nodes = 3) =>
        [.. Enumerable.Range(0, count)
            .Select(
                i =>
                    (
                        string.Create(CultureInfo.InvariantCulture, $"service-b-{i}"),
                        string.Create(CultureInfo.InvariantCulture, $"10.88.0.{10 + (i % nodes)}")))];

    public bool Has(string name) => _names.Contains(name);

    public IReadOnlyList<TestRecord> Find(string name, int type) => _records.GetValueOrDefault((name, type), []);

    /// <summary>The same zone with further records.</summary>
    public TestZone With(params IEnumerable<TestRecord> more) => new([.. Records, .. more]);

    /// <summary>The zone as a file for a real server.</summary>
    public string ToZoneFile()
    {
        StringBuilder text = new();
        foreach (TestRecord record in (IEnumerable<TestRecord>)[Soa, TestRecord.Ns(Origin, $"ns.dns.{Origin}", 3600),
            TestRecord.Address($"ns.dns.{Origin}", "10.96.0.10", 3600), .. Records])
            text.Append(CultureInfo.InvariantCulture, $"{record.Name}. {record.Ttl} IN {record.Text}\n");
        return text.ToString();
    }
}
