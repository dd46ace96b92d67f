using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Recordings;

/// <summary>
/// Every recording, played to the real source as the answer to a list or to a watch, and divided in every important way. Its requests and
/// snapshots, or the sentence of its failure, are compared with an approved text, for every division of the bytes.
/// </summary>
public sealed class ReplayTests
{
    private const int Small = 8 * 1024;

    public static TheoryData<string> Names => [.. Recording.Names];

    public static TheoryData<string> SmallWatches =>
        [.. Recording.Names.Where(static n => new Recording(n) is { IsWatch: true, Body.Length: > 0 and < 100_000 })];

    public static TheoryData<string> Lists => [.. Recording.Names.Where(static n => n.StartsWith("list-", StringComparison.Ordinal)
        || n.StartsWith("page-", StringComparison.Ordinal) || n == "nodes")
        .Where(static n => new Recording(n).Status == 200)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Event_by_event(string name)
    {
        Recording recording = new(name);
        Approval.Check(name, await PlayAsync(recording, Boundaries.Lines(recording.Body)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Cut_around_line_ends_and_anywhere(string name)
    {
        Recording recording = new(name);
        Approval.Check(name, await PlayAsync(recording, Boundaries.AroundLineEnds(recording.Body)));
        for (int seed = 1; seed <= (recording.Body.Length > 1_000_000 ? 2 : 10); seed++)
            Approval.Check(name, await PlayAsync(recording, Boundaries.Anywhere(recording.Body, seed)));
    }

    [Theory]
    [MemberData(nameof(SmallWatches))]
    public async Task A_watch_one_byte_at_a_time(string name)
    {
        Recording recording = new(name);
        Approval.Check(name, await PlayAsync(recording, Boundaries.SingleBytes(recording.Body)));
    }

    [Theory]
    [MemberData(nameof(SmallWatches))]
    public async Task A_watch_cut_once_at_every_byte(string name)
    {
        // The whole of a short one, and of a long one the first events: they are all alike.
        Recording recording = new(name);
        int step = recording.Body.Length > 2 * Small ? 7 : 1;
        for (int position = 1; position < Math.Min(recording.Body.Length, 2500); position += step)
            Approval.Check(name, await PlayAsync(recording, Boundaries.Once(recording.Body, position)));
    }

    [Theory]
    [MemberData(nameof(SmallWatches))]
    public async Task Watch_in_protobuf_says_the_same_however_it_is_cut(string name)
    {
        Recording recording = new(name);
        foreach (int length in (int[])[1, 3, 4, 5, 700, 1_000_000])
            Approval.Check(name, await PlayAsync(recording, Boundaries.Lines(recording.Body), length));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_cut_once_at_every_byte_and_read_one_byte_at_a_time(string name)
    {
        if (name == "nodes")
            CheckList(
                new Recording(name).Body, static () => new NodeDecoder(),
                static n => $"{n.Name} {n.ResourceVersion} {string.Join(' ', n.External.Select(static a => a.ToString()))}");
        else
            CheckList(
                new Recording(name).Body, static () => new SliceDecoder(),
                static s =>
                    $"{s.Name} {s.ResourceVersion} {s.Service} {s.AddressType} {string.Join(' ', s.Ports)} " +
                    $"{string.Join(' ', s.Endpoints.Select(Text))}");
    }

    private static string Text(ISliceEndpoint e) =>
        $"{e.HasName} {e.Key} {e.UidValue} {e.Node} {e.Zone} {e.Ready} {e.Serving} {e.Terminating} {e.Address} {e.Fault}";

    private static void CheckList<T>(byte[] body, Func<IResourceDecoder<T>> decoder, Func<T, string> text)
        where T : class, IResource
    {
        string whole = Parse(body, decoder(), text, []);
        // Past the first items it is the same again and again: of a long list, the positions around its structure's turns are taken.
        IEnumerable<int> positions = body.Length < Small
            ? Enumerable.Range(1, body.Length - 1)
            : Enumerable.Range(1, body.Length - 1).Where(i => i < 3000 || i > body.Length - 100 || i % 997 == 0);
        foreach (int position in positions)
            Assert.Equal(whole, Parse(body, decoder(), text, [position]));
        Assert.Equal(
            whole,
            Parse(
                body, decoder(), text,
                body.Length < Small
                    ? Enumerable.Range(1, body.Length - 1)
                    : Enumerable.Range(1, (body.Length - 1) / 61).Select(static i => i * 61)));
    }

    private static string Parse<T>(byte[] body, IResourceDecoder<T> decoder, Func<T, string> text, IEnumerable<int> positions)
        where T : class, IResource
    {
        List<T> items = [];
        ListParser<T> parser = new(decoder, items);
        int done = 0;
        foreach (int position in positions)
            done += parser.Consume(body.AsSpan(done, position - done), final: false);
        done += parser.Consume(body.AsSpan(done), final: true);
        Assert.Equal(body.Length, done + (body[^1] == '\n' && done < body.Length ? 1 : 0));
        Assert.True(parser.IsComplete);
        return $"{parser.Answer.Kind} {parser.Answer.ApiVersion} {parser.Answer.ResourceVersion} "
            + $"{parser.Answer.Continue}\n{string.Join('\n', items.Select(text))}";
    }

    /// <summary>Outside of the test's own context, so that pushed pieces are read at once.</summary>
    private static Task<string> PlayAsync(
        Recording recording, IEnumerable<ReadOnlyMemory<byte>> pieces, int? protobufPiece = null) =>
        Task.Run(() => Replay.PlayAsync(recording, pieces, protobufPiece));
}
