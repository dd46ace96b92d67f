using System.Net;
using Berth.Persistence;
using Berth.Pods;
using Berth.TestKit;

namespace Berth.Tests.Pods;

/// <summary>Host names of pods, and the templates that make them.</summary>
public sealed class HostTemplateTests
{
    [Theory]
    [InlineData("{pod}.{namespace}.play.example.com", "lobby-2.games.play.example.com")]
    [InlineData("{ordinal}.play.example.com", "2.play.example.com")]
    [InlineData("{node}.{zone}.example.com", "node-1.eu-1.example.com")]
    [InlineData("play.example.com", "play.example.com")]
    [InlineData("{pod}", "lobby-2")]
    [InlineData("s{ordinal}-{namespace}.example.com", "s2-games.example.com")]
    public void Template_is_filled_with_the_pods_values(string text, string expected)
    {
        HostTemplate template = HostTemplate.TryParse(text, out string? fault)!;
        Assert.Null(fault);
        Assert.Equal(expected, template.Expand("lobby-2", "games", "node-1", "eu-1"));
        Assert.Equal(text, template.ToString());
    }

    [Theory]
    [InlineData("{node}.example.com", "lobby-2", null, null)]
    [InlineData("{zone}.example.com", "lobby-2", "node-1", null)]
    [InlineData("{ordinal}.example.com", "lobby", "node-1", "eu-1")]
    [InlineData("{zone}.example.com", "lobby-2", "node-1", "eu_1")]
    [InlineData("{pod}.example.com", "a234567890b234567890c234567890d234567890e234567890f234567890-123", "node-1", "eu-1")]
    public void Pod_without_a_value_or_with_a_bad_one_has_no_name(string text, string pod, string? node, string? zone) =>
        Assert.Null(HostTemplate.TryParse(text, out _)!.Expand(pod, "games", node, zone));

    [Theory]
    [InlineData("", "it is no host name")]
    [InlineData("{service}.example.com", "'{service}' stands for nothing; known are {pod}, {namespace}, {ordinal}, {node}, {zone}")]
    [InlineData("{pod.example.com", "a '{' without a '}'")]
    [InlineData("pod}.example.com", "a '}' without a '{'")]
    [InlineData("{}.example.com", "stands for nothing")]
    [InlineData("{Pod}.example.com", "stands for nothing")]
    [InlineData("{pod}..example.com", "it is no host name")]
    [InlineData("{pod}.example.com.", "it is no host name")]
    [InlineData("https://{pod}.example.com", "it is no host name")]
    [InlineData("{pod}.example.com:443", "it is no host name")]
    [InlineData("{namespace}.{ordinal}", "it is no host name")]
    [InlineData("{pod}_x.example.com", "it is no host name")]
    public void Text_that_is_no_template_is_refused(string text, string expected)
    {
        Assert.Null(HostTemplate.TryParse(text, out string? fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nSet-Cookie: x")]
    [InlineData("a b.example.com")]
    [InlineData("-a.example.com")]
    [InlineData("1.2.3.400")]
    [InlineData("")]
    public void Endpoint_refuses_what_is_no_host_name(string host) =>
        Assert.Throws<ArgumentException>(nameof(host), () => Make(host));

    [Fact]
    public void Endpoint_with_another_name_is_another()
    {
        PodEndpoint one = Make("a.example.com");
        Assert.Equal(("a.example.com", "a.example.com:3000"), (one.Host, one.HostAuthority));
        Assert.True(one.ContentEquals(Make("a.example.com")));
        Assert.False(one.ContentEquals(Make("b.example.com")));
        Assert.False(one.ContentEquals(Make(null)));
        Assert.Null(Make(null).HostAuthority);
    }

    [Fact]
    public void Snapshot_file_keeps_the_name()
    {
        EndpointSnapshot snapshot = TestPods.Snapshot(Make("a.example.com"), TestPods.Endpoint(1));
        SavedSnapshot read = SnapshotFileFormat.Decode(SnapshotFileFormat.Encode([SavedSnapshot.From(snapshot, default)])).Single();
        Assert.Equal(["a.example.com", null], read.Endpoints.Select(static endpoint => endpoint.Host));
    }

    private static PodEndpoint Make(string? host) => PodEndpoint.Create(
        "service-b-0", TestPods.Target.Namespace, [IPAddress.Parse("203.0.113.1")], [new EndpointPort("", 3000)], 0, host: host);
}
