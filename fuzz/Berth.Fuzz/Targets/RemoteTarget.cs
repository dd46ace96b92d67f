using Berth.Remote.Wire;

namespace Berth.Fuzz.Targets;

/// <summary>
/// The events of a dispatcher's watch, in pieces whose lengths follow from the bytes themselves: the events and the refusal must be the
/// same as in one piece.
/// </summary>
internal static class RemoteTarget
{
    public static FuzzTarget Events { get; } = new("remote-events", Read, static e => e is WatchFormatException, BytesPerByte: 600);

    private static void Read(byte[] input)
    {
        (List<string> whole, WatchFormatException? refusal) = Read(input, static (_, left) => left);
        (List<string> pieces, WatchFormatException? other) = Read(input, static (first, left) => Math.Min(1 + (first * 7), left));
        if (!whole.SequenceEqual(pieces))
            throw new InvalidOperationException($"{pieces.Count} events in pieces differ from {whole.Count} in one.");
        // The position of the refusal may differ, because the end of the data is seen later.
        if ((refusal is null) != (other is null))
            throw new InvalidOperationException($"Refused in one piece: '{refusal?.Message}'; in several: '{other?.Message}'.");
        if (refusal is not null)
            throw refusal;
    }

    private static (List<string> Events, WatchFormatException? Refusal) Read(byte[] input, Func<byte, int, int> lengthOf)
    {
        EventParser parser = new(new WatchReader(new ServiceTarget("k8s-example2", "service-b"), PortScheme.FromService()));
        List<string> events = [];
        try
        {
            for (int at = 0; at < input.Length;)
            {
                int end = at + lengthOf(input[at], input.Length - at);
                while (at < end)
                {
                    if (parser.Read(input.AsSpan(at, end - at), out int taken) is { } message)
                        events.Add(TextOf(message));
                    at += taken;
                }
            }
        }
        catch (WatchFormatException exception)
        {
            return (events, exception);
        }

        return (events, null);
    }

    private static string TextOf(PodEndpoint e) =>
        $"{e.Name}@{e.Authority} {string.Join(',', e.Ports)} {e.Uid} {e.Node} {e.Zone} {e.State}";

    private static string TextOf(WatchMessage message) => message switch
    {
        WatchMessage.Content content =>
            $"{content.IsWhole} {content.Version} {content.StaleSince:O} {content.Reason}"
            + $" {string.Join(' ', content.Endpoints.SelectMany(static p => p).Select(TextOf))}"
            + $" - {string.Join(' ', content.Left)} / {string.Join<LeftOutPod>(' ', content.LeftOut ?? [])}"
            + $" / {string.Join<EndpointWarning>(' ', content.Warnings ?? [])}",
        WatchMessage.Source source => $"{source.State} {source.Age} {string.Join(' ', source.Dispatchers)} {source.Reason}",
        _ => "other",
    };
}
