using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

/// <summary>
/// Random histories of pods and failing names, compared with a simple rule: the set is the content of the zone, and an error removes
/// nothing.
/// </summary>
public sealed class HistoryTests
{
    public static TheoryData<int, bool> Seeds
    {
        get
        {
            TheoryData<int, bool> data = [];
            for (int seed = 0; seed < 20; seed++)
                data.Add(20261122 + seed, seed % 2 == 0);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task F55_errors_never_shrink_the_set_and_after_quiet_it_is_the_zones(int seed, bool srv)
    {
        Random random = new(seed);
        await using DnsRig rig = new(ZoneOf([0, 1, 2], srv)) { OrdinalGap = 8 };
        EndpointSnapshot last = await rig.ReadAsync();
        HashSet<int> there = [0, 1, 2];
        for (int step = 0; step < 25; step++)
        {
            Change(random, there);
            rig.Server.Zone = ZoneOf(there, srv);
            Dictionary<string, int> broken = BreakSome(random);
            rig.Server.Script = query => broken.TryGetValue(query.Name, out int code) ? DnsTestReply.Code(query, code) : null;
            EndpointSnapshot? read = await TryReadAsync(rig);
            if (read is not null)
            {
                // A known pod that is still in the zone stays known after any failure. No other pod is known.
                HashSet<int> known = [.. read.Endpoints.Select(static e => e.Ordinal!.Value)];
                Assert.Superset(last.Endpoints.Select(static e => e.Ordinal!.Value).Where(there.Contains).ToHashSet(), known);
                Assert.Subset(there.Union(last.Endpoints.Select(static e => e.Ordinal!.Value)).ToHashSet(), known);
                last = read;
            }

            rig.Server.Script = null;
            EndpointSnapshot quiet = await QuietAsync(rig);
            Assert.Equal(there.Order(), quiet.Endpoints.Select(static e => e.Ordinal!.Value));
            Assert.Empty(quiet.LeftOut);
            last = quiet;
        }
    }

    private static TestZone ZoneOf(HashSet<int> ordinals, bool srv) =>
        TestZone.Headless([.. TestZone.Pods(8).Where((_, i) => ordinals.Contains(i))], srv ? null : []);

    private static void Change(Random random, HashSet<int> there)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            int ordinal = random.Next(8);
            if (!there.Remove(ordinal))
                there.Add(ordinal);
        }
    }

    private static Dictionary<string, int> BreakSome(Random random)
    {
        Dictionary<string, int> broken = [];
        foreach ((string host, _) in TestZone.Pods(8))
        {
            if (random.Next(4) == 0)
                broken[$"{host}.{TestZone.Service}"] = random.Next(2) == 0 ? 2 : 5;
        }

        if (random.Next(6) == 0)
            broken[TestZone.Service] = 2;
        if (random.Next(6) == 0)
            broken[$"_game._tcp.{TestZone.Service}"] = 2;
        return broken;
    }

    private static async Task<EndpointSnapshot?> TryReadAsync(DnsRig rig)
    {
        try
        {
            return await rig.ReadLaterAsync();
        }
        catch (EndpointSourceException)
        {
            return null;
        }
    }

    /// <summary>Reads when nothing fails any more. An earlier failure may still be reported once.</summary>
    private static async Task<EndpointSnapshot> QuietAsync(DnsRig rig) => await TryReadAsync(rig) ?? await rig.ReadLaterAsync();
}
