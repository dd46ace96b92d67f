namespace Berth.Kubernetes.Wire;

/// <summary>One entry of a Status' <c>details.causes</c>.</summary>
internal sealed record StatusCause(string? Reason, string? Message);
