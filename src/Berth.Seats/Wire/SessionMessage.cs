namespace Berth.Seats.Wire;

/// <summary>A session.</summary>
internal sealed record SessionMessage(string Session, int Seats, string? Key);
