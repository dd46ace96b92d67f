using System.Net.ServerSentEvents;
using System.Text;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>
/// The bytes of a watch with a snapshot and a change, and a dispatcher that answers clients which come back. Since the recording one more
/// change has come, and it takes back a part of the recorded one: a client that misses the recorded change, or repeats it alone, ends with
/// other pods. The watch is one of server-sent events or of JSON Lines; both test projects of service A's routes play it.
/// </summary>
internal sealed class CutRecording(DispatcherFixture fixture, bool inLines, byte[] body, string latest) : IAsyncDisposable
{
    private readonly Dictionary<string, IReadOnlyList<CutEvent>> _resumed = new(StringComparer.Ordinal);

    public byte[] Body { get; } = body;

    public static async Task<CutRecording> CreateAsync(bool inLines = false)
    {
        DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        using RawStream stream = await RawStream.OpenAsync(fixture, headers: Accept(inLines));
        await stream.ReadUntilDataAsync("-1" + End(inLines));
        await fixture.PublishAsync(DispatcherFixture.Pod(0, "10.88.0.99"), DispatcherFixture.Pod(2));
        await stream.ReadUntilDataAsync("-2" + End(inLines));
        string data = RawStream.Join(stream.Body).Data;
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(2), DispatcherFixture.Pod(3));
        return new CutRecording(
            fixture, inLines, Encoding.UTF8.GetBytes(data),
            "service-b-0=10.88.0.10:3000 service-b-2=10.88.0.10:3002 service-b-3=10.88.0.10:3003");
    }

    /// <summary>Events of some bytes, and the id that .NET's parser then holds.</summary>
    public static (IReadOnlyList<CutEvent> Events, string Id) Parse(byte[] bytes)
    {
        SseParser<string> parser = SseParser.Create(new MemoryStream(bytes));
        List<CutEvent> events = [.. parser.Enumerate().Select(static item => new CutEvent(item.EventType, item.Data))];
        return (events, parser.LastEventId);
    }

    /// <summary>A client that was handed some events and holds an id comes back with it, and then knows the latest pods.</summary>
    public async Task AssertResumesAsync(int cut, IEnumerable<CutEvent> events, string? id)
    {
        CutClient client = new CutClient().Apply(events).Apply(await ResumeAsync(id ?? ""));
        Assert.True(client.Pods == latest, $"Cut at byte {cut}, resumed with '{id}': {client.Pods}");
    }

    /// <summary>The events that a client gets which comes back with an id.</summary>
    public async Task<IReadOnlyList<CutEvent>> ResumeAsync(string id)
    {
        if (_resumed.TryGetValue(id, out IReadOnlyList<CutEvent>? events))
            return events;
        using RawStream stream = await RawStream.OpenAsync(
            fixture, headers: Accept(inLines) + (id.Length == 0 ? "" : $"Last-Event-ID: {id}\r\n"));
        await stream.ReadUntilDataAsync("-3" + End(inLines));
        byte[] received = Encoding.UTF8.GetBytes(RawStream.Join(stream.Body).Data);
        return _resumed[id] = (inLines ? LineCuts.Parse(received, LineReading.Whole) : Parse(received)).Events;
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    private static string Accept(bool inLines) => inLines ? "Accept: application/jsonl\r\n" : "";

    private static string End(bool inLines) => inLines ? "-live\"}\n" : "-live\n\n";
}
