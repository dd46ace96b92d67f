using System.Text;
using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Assembly;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Slices;

/// <summary>Several processes under one name: what random histories found.</summary>
public sealed class TwinTests
{
    private static readonly ServiceTarget s_target = new("k8s-example2", "service-b");
    private readonly SnapshotBuilder _builder = new(s_target, PortScheme.PerOrdinal(3000));
    private readonly SliceDecoder _decoder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equal_twins_have_the_same_winner_in_every_client(bool reversed)
    {
        string[] twins = [Json.Pod("service-b-0", "10.0.0.1", "u1", "node-1"), Json.Pod("service-b-0", "10.0.0.2", "u2", "node-2")];
        SliceTable table = Table();
        table.Apply(Decode(Json.Slice("s", "1", reversed ? [twins[1], twins[0]] : twins)));

        Assert.Equal("u2", Assert.Single(_builder.Build().Endpoints).Uid);
    }

    [Fact]
    public void Contradicting_process_without_uid_lends_no_address()
    {
        SliceTable table = Table();
        table.Apply(Decode(Json.Slice("s", "2", Json.Pod("service-b-0", "10.0.0.1", "u1", "node-1"))));
        table.Apply(Decode(Json.Slice("h", "1", Json.Pod("service-b-0", "10.0.0.2", null, "node-2", ready: false))));
        table.Apply(Decode(Json.SliceOf("IPv6", "t", "1", Json.Pod("service-b-0", "fd00::2", null, "node-2", ready: false))));

        Assert.Equal("10.0.0.1", string.Join(',', Assert.Single(_builder.Build().Endpoints).Addresses));
    }

    private SliceTable Table() =>
        new(
            new PodResolver(s_target, PortScheme.PerOrdinal(3000), AddressRules.Internal), _builder,
            new FakeTimeProvider());

    private SliceObject Decode(string json)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.True(_decoder.TryDecode(ref reader, out SliceObject? slice));
        return slice;
    }
}
