namespace Berth.Tests.Ports;

public sealed class PortSchemeTests
{
    private static readonly EndpointPort[] s_servicePorts = [new("game", 4000, "UDP"), new("admin", 5000)];

    [Theory]
    [InlineData(3000, 1, 0, 3000)]
    [InlineData(3000, 1, 2, 3002)]
    [InlineData(3000, 10, 7, 3070)]
    [InlineData(1, 1, 65534, 65535)]
    public void Port_is_base_plus_ordinal_times_stride(int portBase, int stride, int ordinal, int expected) =>
        Assert.Equal(expected, Resolve(PortScheme.PerOrdinal(portBase, stride), ordinal)[0].Number);

    [Theory]
    [InlineData(65535, 1, 1)]
    [InlineData(3000, 65535, 1)]
    [InlineData(3000, 65535, int.MaxValue)]
    public void A_port_above_65535_is_a_reason_not_a_number(int portBase, int stride, int ordinal)
    {
        Assert.False(
            PortScheme.PerOrdinal(portBase, stride).TryResolve(ordinal, [], out IReadOnlyList<EndpointPort> ports, out string? reason));
        Assert.Empty(ports);
        Assert.Contains($"{portBase} + {ordinal} x {stride}", reason, StringComparison.Ordinal);
        Assert.Contains("above 65535", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Service_port_0_is_not_a_base()
    {
        Assert.False(PortScheme.FromService().TryResolve(0, [new EndpointPort("any", 0)], out _, out string? reason));
        Assert.Contains("below 1", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_base_outside_its_range_is_refused(int portBase)
    {
        Assert.Contains(
            "1..65535", Assert.Throws<ArgumentOutOfRangeException>(() => PortScheme.PerOrdinal(portBase)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => PortScheme.Fixed(portBase));
        Assert.Throws<ArgumentOutOfRangeException>(() => PortScheme.PerOrdinal([new EndpointPort("a", portBase)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(65536)]
    public void A_stride_outside_its_range_is_refused(int stride)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PortScheme.PerOrdinal(3000, stride));
        Assert.Throws<ArgumentOutOfRangeException>(() => PortScheme.FromService(null, stride));
    }

    [Fact]
    public void Several_named_bases_move_together_and_the_first_is_the_main_one()
    {
        PortScheme scheme = PortScheme.PerOrdinal([new("game", 4000, "UDP"), new("admin", 5000)], stride: 2);
        Assert.Equal([new EndpointPort("game", 4006, "UDP"), new EndpointPort("admin", 5006)], Resolve(scheme, 3));
    }

    [Fact]
    public void Bases_from_the_service_are_moved_by_the_ordinal_too()
    {
        Assert.Equal([new EndpointPort("game", 4002, "UDP"), new EndpointPort("admin", 5002)], Resolve(PortScheme.FromService(), 2));
        Assert.Equal([new EndpointPort("admin", 5002)], Resolve(PortScheme.FromService("admin"), 2));
    }

    [Fact]
    public void A_service_without_the_port_is_a_reason()
    {
        Assert.False(PortScheme.FromService("voice").TryResolve(1, s_servicePorts, out _, out string? reason));
        Assert.Contains("'voice'", reason, StringComparison.Ordinal);
        Assert.False(PortScheme.FromService().TryResolve(1, [], out _, out reason));
        Assert.Contains("no port of the Service is stated", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_ordinal_only_the_fixed_scheme_has_a_port()
    {
        Assert.Equal(7000, Resolve(PortScheme.Fixed(7000), null)[0].Number);
        Assert.False(PortScheme.PerOrdinal(3000).TryResolve(null, [], out _, out string? reason));
        Assert.Contains("no ordinal", reason, StringComparison.Ordinal);
        Assert.False(PortScheme.FromService().TryResolve(null, s_servicePorts, out _, out _));
    }

    [Fact]
    public void Equal_plans_are_equal_and_different_plans_are_not()
    {
        PortScheme[] all =
        [
            PortScheme.PerOrdinal(3000), PortScheme.PerOrdinal(3001), PortScheme.PerOrdinal(3000, 2), PortScheme.Fixed(3000),
            PortScheme.FromService(),
            PortScheme.FromService("a"), PortScheme.FromService("a", 2), PortScheme.PerOrdinal([new("a", 3000)]),
            PortScheme.Fixed([new("a", 3000)]),
        ];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < all.Length; j++)
                Assert.Equal(i == j, all[i].Equals(all[j]));
        }

        Assert.Equal(PortScheme.PerOrdinal(3000, 2), PortScheme.PerOrdinal(3000, 2));
        Assert.Equal(PortScheme.PerOrdinal(3000, 2).GetHashCode(), PortScheme.PerOrdinal(3000, 2).GetHashCode());
        Assert.Equal(PortScheme.PerOrdinal(3000), PortScheme.PerOrdinal(3000, 1));
    }

    [Fact]
    public void Bases_that_cannot_be_told_apart_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PortScheme.PerOrdinal([]));
        Assert.Contains(
            "named 'a'", Assert.Throws<ArgumentException>(() => PortScheme.PerOrdinal([new("a", 1), new("a", 2)])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "claim that port twice", Assert.Throws<ArgumentException>(() => PortScheme.PerOrdinal([new("a", 1), new("b", 1)])).Message,
            StringComparison.Ordinal);
        Assert.Equal(2, Resolve(PortScheme.PerOrdinal([new("a", 1), new("b", 1, "UDP")]), 0).Count);
    }

    private static IReadOnlyList<EndpointPort> Resolve(PortScheme scheme, int? ordinal)
    {
        Assert.True(scheme.TryResolve(ordinal, s_servicePorts, out IReadOnlyList<EndpointPort> ports, out string? reason), reason);
        return ports;
    }
}
