using System.Globalization;
using System.Net;
using Berth.Kubernetes.Assembly;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>The table of pods does what a dictionary does.</summary>
public sealed class PodTableTests
{
    private static readonly PodPlace s_place = new("ns", null, null);
    private static readonly PodNamePrefix[] s_prefixes = [new("web-"), new("api-"), new("web-a-")];

    [Fact]
    public void Agrees_with_a_dictionary_through_a_random_history()
    {
        PodTable table = new();
        Dictionary<string, PodEndpoint> expected = new(StringComparer.Ordinal);
        Random random = new(3);
        for (int step = 0; step < 20_000; step++)
        {
            PodEndpoint endpoint = Pod(random);
            string name = endpoint.Key.ToString()!;
            // Names that were read are whole strings; they must be found all the same.
            if (random.Next(4) == 0)
                _ = endpoint.Name;
            if (expected.Remove(name, out PodEndpoint? known))
            {
                int place = table.Find(endpoint);
                Assert.Same(known, table[place][0].Pod);
                table[place].Remove(new SliceEndpoint(known));
                table.RemoveAt(place);
            }
            else
            {
                Assert.Equal(-1, table.Find(name));
                table[table.FindOrAdd(endpoint)].Add(new SliceEndpoint(endpoint));
                expected.Add(name, endpoint);
            }

            Assert.Equal(expected.Count, table.Count);
        }

        foreach ((string name, PodEndpoint endpoint) in expected)
            Assert.Same(endpoint, table[table.Find(name)][0].Pod);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), table.Keys.Order(StringComparer.Ordinal));
    }

    private static PodEndpoint Pod(Random random)
    {
        int number = random.Next(400);
        PodName name = random.Next(5) == 0
            ? new PodName(string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}"), 0)
            : new PodName(s_prefixes[random.Next(s_prefixes.Length)], number);
        return new PodEndpoint(name, s_place, default, IPAddress.Loopback, true, true, false);
    }
}
