namespace Berth.Seats.Wire;

/// <summary>A problem (RFC 9457).</summary>
internal sealed record ProblemMessage(string Type, string Title, int Status, string Detail);
