using System.Text.Json;
using Berth.Dispatcher.Seats;

namespace Berth.Fuzz.Targets;

/// <summary>The bodies that clients of service A send for seats.</summary>
internal static class SeatClientTargets
{
    public static FuzzTarget Request { get; } = new("seat-request", ReadRequest, static e => e is JsonException, BytesPerByte: 100);

    public static FuzzTarget Allocation { get; } = new("allocation", ReadAllocation, static e => e is FormatException, BytesPerByte: 400);

    /// <summary>A body that is read in its plain form is the same for the serialiser.</summary>
    private static void ReadRequest(byte[] input)
    {
        SeatRequestMessage? plain = SeatRequestMessage.FindPlain(input);
        try
        {
            SeatRequestMessage? read = JsonSerializer.Deserialize(input, SeatJson.Default.SeatRequestMessage);
            if (plain is not null && plain != read)
                throw new InvalidOperationException($"One body is two requests: {plain} and {read}.");
        }
        catch (JsonException exception) when (plain is not null)
        {
            throw new InvalidOperationException($"A body that cannot be read is a request: {plain}.", exception);
        }
    }

    /// <summary>Every request for an allocation asks for at least one seat, in a namespace, of fleets that have been named.</summary>
    private static void ReadAllocation(byte[] input)
    {
        AllocationRequest request = AllocationRequest.Parse(input);
        if (request.Seats < 1 || request.Namespace.Length == 0 || request.Fleets.Distinct().Count() != request.Fleets.Count)
            throw new InvalidOperationException($"A request means nothing: {request}.");
    }
}
