using System.Globalization;
using System.Net;

namespace Berth.Kubernetes.Addresses;

/// <summary>The map from addresses and nodes inside to addresses and names outside.</summary>
public sealed class AddressMapTests
{
    private const string Example = """
        # Our NAT gateway gives each address of the nodes' network one outside.
        10.0.0.0/16  -> 203.0.113.0/24
        10.0.9.0/24  -> 198.51.100.0/24   # another site
        10.0.9.7     -> 192.0.2.7 edge7.example.com
        fd00:1::/64  -> 2001:db8:1::/64
        10.8.0.0/24  -> 2001:db8:8::/120, play.example.com
        node-1       -> 192.0.2.1, 2001:db8::1 edge1.example.com
        0.0.0.0/0    -> 192.0.2.254
        """;

    [Theory]
    [InlineData(null, "10.0.1.5", "203.0.113.5")]
    [InlineData(null, "10.0.255.255", "203.0.113.255")]
    [InlineData(null, "10.0.9.200", "198.51.100.200")]
    [InlineData(null, "10.0.9.7", "192.0.2.7 edge7.example.com")]
    [InlineData(null, "fd00:1::a:b", "2001:db8:1::a:b")]
    [InlineData(null, "10.8.0.3", "2001:db8:8::3 play.example.com")]
    [InlineData("node-1", "10.0.1.5", "192.0.2.1 2001:db8::1 edge1.example.com")]
    [InlineData("node-2", "10.0.1.5", "203.0.113.5")]
    [InlineData(null, "172.16.0.1", "192.0.2.254")]
    [InlineData(null, "fd00:2::1", "")]
    [InlineData("node-2", "10.0.1.5,fd00:1::1", "203.0.113.5 2001:db8:1::1")]
    public void Address_is_mapped_by_its_node_or_the_smallest_network(string? node, string stated, string expected)
    {
        AddressMap map = AddressMap.TryParse(Example, out string? fault)!;
        NamedAddresses found = map.Find(node, [.. stated.Split(',').Select(IPAddress.Parse)]);
        Assert.Null(fault);
        Assert.Equal(expected, string.Join(' ', found.Addresses.Select(static a => a.ToString()).Append(found.Host ?? "")).Trim());
    }

    [Theory]
    [InlineData("", "it has no line")]
    [InlineData("# nothing\n\n", "it has no line")]
    [InlineData("10.0.0.5", "line 1: '10.0.0.5' is not FROM -> TO")]
    [InlineData("10.0.0.5 ->", "is not FROM -> TO")]
    [InlineData("-> 203.0.113.5", "is not FROM -> TO")]
    [InlineData("a b -> 203.0.113.5", "is not FROM -> TO")]
    [InlineData("10.0.0.0/33 -> 203.0.113.5", "'10.0.0.0/33' has no prefix length in 0..32")]
    [InlineData("10.0.0.0/-1 -> 203.0.113.5", "has no prefix length")]
    [InlineData("fd00::/129 -> 203.0.113.5", "has no prefix length in 0..128")]
    [InlineData("10.0.0.5/16 -> 203.0.113.5", "bits behind the prefix are set: write 10.0.0.0/16")]
    [InlineData("10.0/16 -> 203.0.113.5", "'10.0/16' is no network")]
    [InlineData("10.0.0.1 -> 203.0.113.999", "'203.0.113.999' is neither an address nor a host name")]
    [InlineData("10.0.0.1 -> 0.0.0.0", "'0.0.0.0' is neither an address nor a host name")]
    [InlineData("10.0.0.1 -> edge", "'edge' is neither an address nor a host name with a dot")]
    [InlineData("10.0.0.1 -> a.example.com b.example.com", "are two host names")]
    [InlineData("node-1 -> 203.0.113.0/24", "'203.0.113.0/24' is a network, and a node has addresses")]
    [InlineData("Node_1 -> 203.0.113.1", "'Node_1' is no network, address or name of a node")]
    [InlineData("10.1 -> 203.0.113.1", "'10.1' is no network, address or name of a node")]
    [InlineData("node-1 -> 203.0.113.1\nnode-1 -> 203.0.113.2", "line 2: node node-1 has a line already")]
    [InlineData("10.0.0.0/24 -> 203.0.113.1\n10.0.0.0/24 -> 203.0.113.2", "line 2: 10.0.0.0/24 has a line already")]
    [InlineData("x\nx\nx\nx\nx\nx\nx", "line 5: 'x' is not FROM -> TO, as in 10.0.0.0/16 -> 203.0.113.0/24; and 2 more")]
    public void Fault_in_a_map_is_reported_with_its_line(string text, string expected)
    {
        Assert.Null(AddressMap.TryParse(text, out string? fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_of_more_lines_than_allowed_is_refused()
    {
        string text = string.Join('\n', Enumerable.Range(0, AddressMap.MaxLines + 1)
            .Select(static i => string.Create(CultureInfo.InvariantCulture, $"n{i} -> 203.0.113.1")));
        Assert.Null(AddressMap.TryParse(text, out string? fault));
        Assert.Contains("20001 lines, and 20000 are allowed", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", null)]
    [InlineData(" 2001:db8::7,203.0.113.7 ", "2001:db8::7 203.0.113.7", null)]
    [InlineData("203.0.113.7, edge.example.com", "203.0.113.7", "edge.example.com")]
    [InlineData("edge.example.com", "", "edge.example.com")]
    [InlineData("", "", null)]
    [InlineData(null, "", null)]
    public void Annotation_states_addresses_and_a_name(string? text, string addresses, string? host)
    {
        NamedAddresses read = NamedAddresses.Read(text);
        Assert.Equal((addresses, host, null), (string.Join(' ', read.Addresses.AsEnumerable()), read.Host, read.Fault));
    }

    [Theory]
    [InlineData("true", "'true' is neither")]
    [InlineData("203.0.113.7:3000", "is neither")]
    [InlineData("203.0.113.07", "is neither")]
    [InlineData("203.0.113.7 x_y.example.com", "is neither")]
    [InlineData("a.example.com b.example.com", "two host names")]
    public void Annotation_with_something_else_counts_as_none(string text, string expected)
    {
        NamedAddresses read = NamedAddresses.Read(text);
        Assert.Empty(read.Addresses);
        Assert.Null(read.Host);
        Assert.Contains(expected, read.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("external-ip")]
    [InlineData("external-dns")]
    [InlineData("label=example.com/public")]
    [InlineData("annotation=public")]
    [InlineData("map=/etc/berth/map=1")]
    public void Source_is_written_as_it_is_read(string text)
    {
        ExternalAddressSource source = ExternalAddressSource.Parse(text);
        Assert.Equal(text, source.ToString());
        Assert.Equal(source, ExternalAddressSource.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("ExternalIP")]
    [InlineData("external-ip=1")]
    [InlineData("map=")]
    [InlineData("map")]
    [InlineData("label=")]
    [InlineData("label=a/b/c")]
    [InlineData("label=/b")]
    [InlineData("annotation=a b")]
    public void Text_that_is_no_source_is_refused(string? text)
    {
        Assert.False(ExternalAddressSource.TryParse(text, out ExternalAddressSource? source, out string? fault));
        Assert.Null(source);
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }
}
