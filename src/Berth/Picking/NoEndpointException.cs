namespace Berth;

/// <summary>A snapshot has no endpoint that qualifies. The message says which endpoints it has.</summary>
public sealed class NoEndpointException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public NoEndpointException(string message)
        : base(message)
    {
    }

    internal static NoEndpointException For(EndpointSnapshot snapshot, IEndpointPicker picker) => new(Describe(snapshot, picker));

    /// <summary>Returns the reason why a picker finds none, as a sentence with the remedy.</summary>
    internal static string Describe(EndpointSnapshot snapshot, IEndpointPicker picker) => snapshot.UnavailableReason
        ?? $"The picker {picker} finds none of the {snapshot.Available.Count} available pods of {snapshot.Target}. " +
            "Pick another, or wait until that pod is ready.";
}
