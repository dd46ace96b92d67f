using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;
using Berth.TestKit;
using Berth.Writing;

namespace Berth.Snapshots;

/// <summary>What a list of many endpoints costs when it is searched for clashes, or written for a client.</summary>
public sealed class LargeListTests
{
    private const int Count = 20_000;

    private static readonly PodNamePrefix s_prefix = new("web-");

    [Fact]
    public void A_search_for_clashes_creates_nothing_for_each_pod()
    {
        EndpointSnapshot snapshot = Build(Count, static i => AddressOf(i));
        Assert.Empty(PortClashes.Find([snapshot]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(PortClashes.Find([snapshot]));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // A list of one address for each pod would already be 640 KB. The array of keys comes from a pool.
        Assert.True(allocated < 64 * 1024, $"A search over {Count} pods allocated {allocated} bytes.");
    }

    [Fact]
    public void Clashes_among_many_pods_are_found_and_nothing_else()
    {
        // Ports repeat on other addresses, and two sets have one base port: web-7 and api-7 are on one node.
        EndpointSnapshot web = Build(Count, static i => AddressOf(i));
        EndpointSnapshot api = Build(Count, static i => AddressOf(i == 7 ? i : i + Count), new PodNamePrefix("api-"));
        PortClash clash = Assert.Single(PortClashes.Find([web, api]));
        Assert.Equal((AddressOf(7), 3007, "TCP"), (clash.Address, clash.Port, clash.Protocol));
        Assert.Equal(["api-7", "web-7"], clash.Claims.Select(static claim => claim.Pod).Order());
    }

    [Fact]
    public void A_written_list_keeps_no_text_of_its_pods()
    {
        EndpointSnapshot snapshot = Build(Count, static i => AddressOf(i));
        Assert.True(Write(snapshot) > Count * 100);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        EndpointSnapshot other = Build(Count, static i => AddressOf(i));
        long listed = GC.GetTotalMemory(forceFullCollection: true) - before;
        Write(other);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before - listed;
        GC.KeepAlive(snapshot);
        GC.KeepAlive(other);
        // The text of an address with a port is 60 bytes as a string. Other tests run meanwhile, so there is a margin.
        Assert.True(kept < Count * 30, $"Writing {Count} pods kept {kept} bytes; the list itself is {listed}.");
    }

    [Fact]
    public void Writing_a_list_creates_nothing_for_each_pod()
    {
        EndpointSnapshot snapshot = Build(Count, static i => AddressOf(i));
        ArrayBufferWriter<byte> buffer = new(Write(snapshot) + 4096);
        void Again()
        {
            buffer.ResetWrittenCount();
            Write(snapshot, buffer);
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
            foreach (IPAddress address in (IPAddress[])[AddressOf(7), IPAddress.Parse("fd00::7")])
            {
                PodEndpoint compact = new Listed(new PodName(s_prefix, 7), scope, new PodUid(uid), address, rule);
                PodEndpoint parts = PodEndpoint.Create("web-7", "ns", [address], ports, 7, uid, "node-1", "z1");
                Assert.Equal(Text(parts), Text(compact));
            }
        }

        PodEndpoint unnumbered = new Listed(new PodName("web"), scope, default, AddressOf(1), PortScheme.Fixed(3000).RuleFor([])!);
        PodEndpoint same = PodEndpoint.Create("web", "ns", [AddressOf(1)], [new EndpointPort("", 3000)], node: "node-1", zone: "z1");
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

    private static int Write(EndpointSnapshot snapshot) => Write(snapshot, new ArrayBufferWriter<byte>());

    private static int Write(EndpointSnapshot snapshot, ArrayBufferWriter<byte> buffer)
    {
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartArray();
            foreach (PodEndpoint endpoint in snapshot.Endpoints)
                EndpointJson.Write(json, endpoint);
            json.WriteEndArray();
        }

        return buffer.WrittenCount;
    }

    private static EndpointSnapshot Build(int count, Func<int, IPAddress> addressOf, PodNamePrefix? prefix = null)
    {
        PortScheme ports = PortScheme.PerOrdinal(3000);
        PortRule rule = ports.RuleFor([])!;
        SnapshotBuilder builder = new(new ServiceTarget("ns", "svc"), ports);
        PodScope scope = new("ns", "node-1", "z1");
        builder.SetAll([[.. Enumerable.Range(0, count).Select(i =>
            new Listed(new PodName(prefix ?? s_prefix, i), scope, new PodUid(Guid.NewGuid(), null), addressOf(i), rule))]]);
        return builder.Build();
    }

    private static IPAddress AddressOf(int i) => new([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);

    private sealed class Listed : CompactEndpoint
    {
        public Listed(PodName name, PodScope scope, PodUid uid, IPAddress address, PortRule rule)
            : base(name, scope, uid, address, ready: true, serving: true, terminating: false) => TrySetRule(rule);
    }
}
