using Berth.Snapshots;

namespace Berth;

/// <summary>A snapshot has no endpoint that qualifies. The message says which endpoints it has.</summary>
public sealed class NoEndpointException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public NoEndpointException(string message)
        : base(message)
    {
    }

    /// <summary>The pod exists, but it does not have the port.</summary>
    internal static NoEndpointException ForPort(PodEndpoint pod, string name) => new(
        $"Pod {pod.Name} of {pod.Namespace} has no port named '{name}'. It has "
            + string.Join(", ", pod.Ports.Select(static port => port.Name is "" ? $"{port.Number} without a name" : port.Name)) + ".");

    internal static NoEndpointException For(EndpointSnapshot snapshot, IEndpointPicker picker) => new(Describe(snapshot, picker));

    /// <summary>Returns the reason why a picker finds none, as a sentence with the remedy.</summary>
    internal static string Describe(EndpointSnapshot snapshot, IEndpointPicker picker) => snapshot.UnavailableReason
        ?? (picker is FreeSeatPicker ? DescribeFull(snapshot) : null)
        ?? $"The picker {picker} finds none of the {snapshot.Available.Count} available pods of {snapshot.Target}" +
            $"{DescribePod(snapshot, picker)}. Pick another, or wait until that pod is ready.";

    private static string DescribeFull(EndpointSnapshot snapshot) =>
        $"None of the {snapshot.Available.Count} available pods of {snapshot.Target} has a free seat. Ask again later.";

    private static string DescribePod(EndpointSnapshot snapshot, IEndpointPicker picker)
    {
        (string name, PodEndpoint? found, LeftOutPod? leftOut) = picker switch
        {
            PodNamePicker { Name: { } pod } => (pod, snapshot.FindByName(pod), snapshot.LeftOut.FirstOrDefault(left => left.Name == pod)),
            OrdinalPicker { Ordinal: { } ordinal } => (
                $"pod with ordinal {ordinal}", snapshot.FindByOrdinal(ordinal),
                snapshot.LeftOut.FirstOrDefault(left => PodOrdinal.TryParse(left.Name, out int number, out _) && number == ordinal)),
            _ => ("", null, null),
        };
        return found is not null ? $": {found.Name} is {EndpointWords.Of(found.State)}"
            : leftOut is not null ? $": {leftOut.Name} cannot be dialled ({leftOut.Detail})"
            : name.Length > 0 ? $": there is no {name}"
            : "";
    }
}
