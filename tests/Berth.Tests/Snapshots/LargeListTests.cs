using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;
using Berth.TestKit;
using Berth.Writing;

namespace Berth.Snapshots;

/// <summary>The cost of a list of many endpoints that is searched for clashes, or written for a client.</summary>
public sealed class LargeListTests
{
    private const int Count = LargeLists.Count;

    private static readonly PodNamePrefix s_prefix = LargeLists.Prefix;

    [Fact]
    public void A_search_for_clashes_creates_nothing_for_each_pod()
    {
        EndpointSnapshot snapshot = LargeLists.Build(Count, static i => LargeLists.AddressOf(i));
        Assert.Empty(PortClashes.Find([snapshot]));
        long allocated = Allocated.AtLeast(() => Assert.Empty(PortClashes.Find([snapshot])));
        // A list of one address for each pod would already be 640 KB. The array of keys comes from a pool.
        Assert.True(allocated < 64 * 1024, $"A search over {Count} pods allocated {allocated} bytes.");
    }

    [Fact]
    public void Clashes_among_many_pods_are_found_and_nothing_else()
    {
        // Ports repeat on other addresses, and two sets have one base port: web-7 and api-7 are on one node.
        EndpointSnapshot web = LargeLists.Build(Count, static i => LargeLists.AddressOf(i));
        EndpointSnapshot api = LargeLists.Build(Count, static i => LargeLists.AddressOf(i == 7 ? i : i + Count), new PodNamePrefix("api-"));
        PortClash clash = Assert.Single(PortClashes.Find([web, api]));
        Assert.Equal((LargeLists.AddressOf(7), 3007, "TCP"), (clash.Address, clash.Port, clash.Protocol));
        Assert.Equal(["api-7", "web-7"], clash.Claims.Select(static claim => claim.Pod).Order());
    }

    [Fact]
    public void Writing_a_list_creates_nothing_for_each_pod()
    {
        EndpointSnapshot snapshot = LargeLists.Build(Count, static i => LargeLists.AddressOf(i));
        ArrayBufferWriter<byte> buffer = new(LargeLists.Write(snapshot) + 4096);
        void Again()
        {
            buffer.ResetWrittenCount();
            LargeLists.Write(snapshot, buffer);
        }

        Again();
        long allocated = Allocated.AtLeast(Again);
        Assert.True(allocated < 1024, $"Writing {Count} pods allocated {allocated} bytes.");
    }

    [Fact]
    public void A_compact_endpoint_is_written_as_one_made_of_its_parts()
    {
        EndpointPort[] ports = [new EndpointPort("game", 3014), new EndpointPort("voice", 5014, "UDP")];
        PortRule rule = PortScheme.PerOrdinal([new EndpointPort("game", 3000), new EndpointPort("voice", 5000, "UDP")], 2).RuleFor([])!;
        PodScope scope = new("ns", "node-1", "z1");
        foreach (string? uid in (string?[])["6dab17d2-4cbf-4e7a-9e26-98a12b9624f4", "6DAB17D2-4CBF-4E7A-9E26-98A12B9624F4", "odd", null])
        {
            foreach (IPAddress address in (IPAddress[])[LargeLists.AddressOf(7), IPAddress.Parse("fd00::7")])
            {
                PodEndpoint compact = new LargeLists.Listed(new PodName(s_prefix, 7), scope, new PodUid(uid), address, rule);
                PodEndpoint parts = PodEndpoint.Create("web-7", "ns", [address], ports, 7, uid, "node-1", "z1");
                Assert.Equal(Text(parts), Text(compact));
            }
        }

        PodEndpoint unnumbered = new LargeLists.Listed(
            new PodName("web"), scope, default, LargeLists.AddressOf(1), PortScheme.Fixed(3000).RuleFor([])!);
        PodEndpoint same = PodEndpoint.Create(
            "web", "ns", [LargeLists.AddressOf(1)], [new EndpointPort("", 3000)], node: "node-1", zone: "z1");
        Assert.Equal(Text(same), Text(unnumbered));

        static string Text(PodEndpoint endpoint)
        {
            ArrayBufferWriter<byte> buffer = new();
            using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
                EndpointJson.Write(json, endpoint);
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }

    [Theory]
    [InlineData("10.77.0.1", "\"10.77.0.1:3005\"", "\"10.77.0.1\"")]
    [InlineData("fd00::1", "\"[fd00::1]:3005\"", "\"fd00::1\"")]
    [InlineData("fe80::1%7", "\"[fe80::1%7]:3005\"", "\"fe80::1%7\"")]
    public void Written_addresses_are_those_of_the_endpoint(string address, string authority, string text)
    {
        PodEndpoint pod = PodEndpoint.Create("web-5", "ns", [IPAddress.Parse(address)], [new EndpointPort("", 3005)], 5);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
            EndpointJson.Write(json, pod);
        string written = Encoding.UTF8.GetString(buffer.WrittenSpan);
        Assert.Contains($"\"authority\":{authority},\"address\":{text},\"addresses\":[{text}],", written, StringComparison.Ordinal);
        Assert.Equal($"\"{pod.Authority}\"", authority);
        Span<byte> bytes = stackalloc byte[PodAuthority.MaxLength];
        Assert.Equal(pod.AuthorityUtf8.ToArray(), bytes[..PodAuthority.Format(pod.Address, pod.Port, bytes)].ToArray());
    }
}
