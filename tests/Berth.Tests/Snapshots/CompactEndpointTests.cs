using System.Net;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Snapshots;

/// <summary>
/// Endpoints in the compact form of a source have the same values and the same order as endpoints that are created one by one.
/// </summary>
public sealed class CompactEndpointTests
{
    private static readonly ServiceTarget s_target = new("ns", "svc");
    private static readonly PodScope s_scope = new("ns", "node-1", "z1");

    [Fact]
    public void Compact_endpoint_equals_one_made_of_its_parts()
    {
        Guid uid = Guid.Parse("6dab17d2-4cbf-4e7a-9e26-98a12b9624f4");
        Compact compact = new(new PodName(new PodNamePrefix("web-"), 12), s_scope, new PodUid(uid, null), IPAddress.Parse("10.0.0.1"));
        compact.Take(PortScheme.PerOrdinal([new EndpointPort("a", 3000), new EndpointPort("b", 5000, "UDP")], 2).RuleFor([])!);
        EndpointPort[] ports = [new EndpointPort("a", 3024), new EndpointPort("b", 5024, "UDP")];
        PodEndpoint plain = PodEndpoint.Create("web-12", "ns", [IPAddress.Parse("10.0.0.1")], ports, 12, uid.ToString(), "node-1", "z1");
        Assert.Equal(plain.NameHash, compact.NameHash);
        Assert.True(plain.ContentEquals(compact) && compact.ContentEquals(plain));
        Assert.Equal(
            ("web-12", "ns", plain.Uid, 12, "node-1", "z1"),
            (compact.Name, compact.Namespace, compact.Uid, compact.Ordinal, compact.Node, compact.Zone));
        Assert.Equal(plain.Ports, compact.Ports);
        Assert.Equal((3024, 5024, null), (compact.Port, compact.FindPort("b")?.Number, compact.FindPort("c")));
        Assert.Equal("10.0.0.1:3024", compact.Authority);
        // Its name is now a separate string.
        Assert.True(plain.ContentEquals(compact) && compact.NameHash == plain.NameHash);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:65535")]
    [InlineData("fd00::1", "[fd00::1]:65535")]
    public void Text_and_bytes_of_the_authority_agree_in_either_order(string address, string authority)
    {
        PodEndpoint first = At(address);
        Assert.Equal((authority, authority), (System.Text.Encoding.UTF8.GetString(first.AuthorityUtf8.Span), first.Authority));
        PodEndpoint second = At(address);
        Assert.Equal((authority, authority), (second.Authority, System.Text.Encoding.UTF8.GetString(second.AuthorityUtf8.Span)));
        Assert.Same(second.Authority, second.Authority);

        static PodEndpoint At(string address) => PodEndpoint.Create("a", "ns", [IPAddress.Parse(address)], [new EndpointPort("", 65535)]);
    }

    [Theory]
    [InlineData("web-")]
    [InlineData("web-", "api-")]
    [InlineData("web-", "web-a-")]
    [InlineData("web-", "web-1-")]
    [InlineData("b-", "a-", "c-", "aa-")]
    public void Bulk_sort_gives_the_order_of_single_inserts(params string[] prefixes)
    {
        PodNamePrefix[] shared = [.. prefixes.Select(static p => new PodNamePrefix(p))];
        Random random = new(7);
        PodEndpoint[] all = [.. Enumerable.Range(0, 1000).SelectMany(i => shared.Select(p => Endpoint(p, i)))];
        random.Shuffle(all);
        SnapshotBuilder atOnce = new(s_target, PortScheme.PerOrdinal(3000));
        atOnce.SetAll([.. all.Chunk(7)]);
        SnapshotBuilder oneByOne = new(s_target, PortScheme.PerOrdinal(3000));
        foreach (PodEndpoint endpoint in all)
            oneByOne.Set(endpoint);
        string[] expected =
            [.. all.Select(static e => e.Name)
                .OrderBy(
                    static n =>
                        int.Parse(n.AsSpan(n.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture)).ThenBy(static n =>
                            n, StringComparer.Ordinal)];
        Assert.Equal(expected, oneByOne.Build().Endpoints.Select(static e => e.Name));
        EndpointSnapshot snapshot = atOnce.Build();
        Assert.Equal(expected, snapshot.Endpoints.Select(static e => e.Name));
        Assert.All(expected.Take(50), name => Assert.Equal(name, snapshot.FindByName(name)?.Name));
    }

    [Fact]
    public void Ordinals_far_apart_are_sorted_too()
    {
        PodNamePrefix prefix = new("web-");
        SnapshotBuilder builder = new(s_target, PortScheme.PerOrdinal(3000));
        builder.SetAll([[Endpoint(prefix, int.MaxValue), Endpoint(prefix, 5)], [Endpoint(prefix, 1_000_000)]]);
        Assert.Equal(["web-5", "web-1000000", "web-2147483647"], builder.Build().Endpoints.Select(static e => e.Name));
    }

    [Fact]
    public void Names_in_pieces_compare_as_whole_names_do()
    {
        string[] names = ["web-0", "web-1", "web-10", "web-2", "web-a-0", "web-1-0", "wea-9", "web", "web-", "x"];
        foreach (string left in names)
        {
            foreach (string right in names)
            {
                Assert.Equal(Math.Sign(string.CompareOrdinal(left, right)), Math.Sign(PodNames.Compare(InPieces(left), InPieces(right))));
                Assert.Equal(left == right, PodNames.IsNamed(InPieces(left), right));
                Assert.Equal(left == right, PodNames.TableHash(InPieces(left).Key) == PodNames.TableHash(right));
            }
        }

        static PodEndpoint InPieces(string name) => PodOrdinal.TryParse(name, out int ordinal, out _)
            ? Endpoint(new PodNamePrefix(name[..(name.LastIndexOf('-') + 1)]), ordinal)
            : new Compact(new PodName(name), s_scope, default, IPAddress.Loopback);
    }

    [Fact]
    public void A_place_made_of_another_has_a_plan_of_its_own()
    {
        PortRule rule = PortScheme.PerOrdinal(3000).RuleFor([])!;
        Assert.Same(s_scope.With(rule), s_scope.With(rule));
        PortRule second = PortScheme.PerOrdinal(4000).RuleFor([])!;
        Parallel.For(0, 10_000, i => Assert.Same(i % 2 == 0 ? rule : second, s_scope.With(i % 2 == 0 ? rule : second).Rule));
        PodScope other = s_scope with { Uid = "odd" };
        Assert.Equal("odd", other.With(rule).Uid);
    }

    [Fact]
    public void A_place_is_planned_once_and_its_pods_one_by_one()
    {
        PodScope scope = new("ns", "node-1", "z1");
        PodNamePrefix prefix = new("web-");
        Compact first = new(new PodName(prefix, 1), scope, default, IPAddress.Loopback);
        Compact second = new(new PodName(prefix, 1), scope, default, IPAddress.Loopback);
        PortRule rule = PortScheme.PerOrdinal(3000).RuleFor([])!;
        Assert.True(first.Take(rule));
        Assert.Same(scope, first.Scope);
        Assert.Same(rule, first.Rule);
        Assert.Null(second.Rule);

        PortRule other = PortScheme.PerOrdinal(4000).RuleFor([])!;
        Assert.True(second.Take(other));
        Assert.False(second.Take(rule));
        Assert.Equal((3001, 4001), (first.Port, second.Port));
        Assert.Same(rule, first.Rule);
        Assert.False(first.ContentEquals(second));
    }

    [Fact]
    public void Endpoints_with_equal_content_are_equal()
    {
        PodEndpoint adopted = Endpoint(new PodNamePrefix("web-"), 2);
        PodEndpoint made = PodEndpoint.Create("web-2", "ns", [IPAddress.Loopback], [.. adopted.Ports], 2, node: "node-1", zone: "z1");
        Assert.True(adopted.ContentEquals(made));
        Assert.True(made.ContentEquals(adopted));
    }

    private static Compact Endpoint(PodNamePrefix prefix, int number)
    {
        Compact endpoint = new(new PodName(prefix, number), s_scope, default, IPAddress.Loopback);
        endpoint.Take(PortScheme.PerOrdinal(3000).RuleFor([])!);
        return endpoint;
    }

    private sealed class Compact(PodName name, PodScope scope, PodUid uid, IPAddress address)
        : CompactEndpoint(name, scope, uid, address, ready: true, serving: true, terminating: false)
    {
        public bool Take(PortRule rule) => TrySetRule(rule);
    }
}
