using System.Text.Json.Serialization;

namespace Berth.Seats.Wire;

/// <summary>The JSON of all messages, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, MaxDepth = 8)]
[JsonSerializable(typeof(ReserveBatch))]
[JsonSerializable(typeof(ReserveResults))]
[JsonSerializable(typeof(SeatMessage))]
[JsonSerializable(typeof(RenewMessage))]
[JsonSerializable(typeof(RedeemMessage))]
[JsonSerializable(typeof(CapacityMessage))]
[JsonSerializable(typeof(SessionMessage))]
[JsonSerializable(typeof(StateMessage))]
[JsonSerializable(typeof(ProblemMessage))]
internal sealed partial class WireJson : JsonSerializerContext;
