using System.Text;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

public sealed class WatchEventDecoderTests
{
    private static WatchEvent<SliceObject> Decode(string line) =>
        new WatchEventDecoder<SliceObject>(new SliceDecoder()).Decode(Encoding.UTF8.GetBytes(line));

    [Fact]
    public void The_object_may_come_before_the_type()
    {
        WatchEvent<SliceObject> read = Decode(
            $$"""{"object":{{Json.Slice("s", "5", Json.Pod("service-b-0"))}},"extra":{"object":1},"type":"ADDED"}""");
        Assert.Equal((WatchEventKind.Applied, "s", "5"), (read.Kind, read.Name, read.Version));
        Assert.Equal("service-b-0", read.Object!.Pods[0].Name);
    }

    [Fact]
    public void A_deletion_needs_its_name_alone()
    {
        WatchEvent<SliceObject> read = Decode("""{"type":"DELETED","object":{"endpoints":"whatever","metadata":{"name":"s"}}}""");
        Assert.Equal((WatchEventKind.Deleted, "s", ""), (read.Kind, read.Name, read.Version));
    }

    [Fact]
    public void Bookmark_marks_the_end_of_a_streaming_list()
    {
        Assert.True(Decode($$"""{"type":"BOOKMARK","object":{{Json.Bookmark("9", initialEventsEnd: true)}}}""").InitialEventsEnd);
        Assert.False(Decode($$"""{"type":"BOOKMARK","object":{{Json.Bookmark("9")}}}""").InitialEventsEnd);
    }

    [Fact]
    public void An_error_carries_its_status()
    {
        WatchEvent<SliceObject> read = Decode($$"""{"type":"ERROR","object":{{Json.Expired}}}""");
        Assert.Equal(WatchEventKind.Error, read.Kind);
        Assert.True(read.Status!.IsExpired);
    }

    [Theory]
    [InlineData("""{"type":"RUMOUR","object":{}}""")]
    [InlineData("""{"type":"RUMOUR"}""")]
    public void An_unknown_type_is_ignored(string line) => Assert.Equal(WatchEventKind.Unknown, Decode(line).Kind);

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"type":7,"object":{}}""")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"ADDED","object":null}""")]
    [InlineData("""{"type":"ADDED","object":{}}""")]
    [InlineData("""{"type":"DELETED","object":{}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}} {}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}""")]
    [InlineData("<html>")]
    public void Line_that_is_not_an_event_is_an_error(string line) => Assert.Throws<ResourceFormatException>(() => Decode(line));
}
