using System.Globalization;
using System.Net;
using Berth.Kubernetes.Assembly;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>The table of pods behaves like a dictionary.</summary>
public sealed class PodTableTests
{
    private static readonly PodScope s_scope = new("ns", null, null);
    private static readonly PodNamePrefix[] s_prefixes = [new("web-"), new("api-"), new("web-a-")];

    [Fact]
    public void Agrees_with_a_dictionary_through_a_random_history()
    {
        PodTable table = new();
        Dictionary<string, SlicePod> expected = new(StringComparer.Ordinal);
        Random random = new(3);
        for (int step = 0; step < 20_000; step++)
        {
            SlicePod endpoint = Pod(random);
            string name = endpoint.Key.ToString()!;
            // Names that were read are whole strings; they must still be found.
            if (random.Next(4) == 0)
                _ = endpoint.Name;
            if (expected.Remove(name, out SlicePod? known))
            {
                int slot = table.Find(endpoint.Key);
                Assert.Same(known, table[slot][0]);
                table[slot].Remove(known);
                table.RemoveAt(slot);
            }
            else
            {
                Assert.Equal(-1, table.Find(new PodName(name)));
                table[table.FindOrAdd(endpoint.Key)].Add(endpoint);
                expected.Add(name, endpoint);
            }

            Assert.Equal(expected.Count, table.Count);
        }

        foreach ((string name, SlicePod endpoint) in expected)
            Assert.Same(endpoint, table[table.Find(new PodName(name))][0]);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), table.Keys.Order(StringComparer.Ordinal));
    }

    private static SlicePod Pod(Random random)
    {
        int number = random.Next(400);
        PodName name = random.Next(5) == 0
            ? new PodName(string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}"))
            : new PodName(s_prefixes[random.Next(s_prefixes.Length)], number);
        return new SlicePod(name, s_scope, default, IPAddress.Loopback, true, true, false);
    }
}
