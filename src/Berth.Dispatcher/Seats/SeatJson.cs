using System.Text.Json.Serialization;

namespace Berth.Dispatcher.Seats;

/// <summary>The JSON of requests, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 4)]
[JsonSerializable(typeof(SeatRequestMessage))]
internal sealed partial class SeatJson : JsonSerializerContext;
