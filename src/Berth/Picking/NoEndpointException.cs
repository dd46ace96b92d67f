namespace Berth;

/// <summary>A snapshot has no endpoint that qualifies. The message says what it has instead.</summary>
public sealed class NoEndpointException : Exception
{
    /// <summary>Makes the exception with its sentence.</summary>
    public NoEndpointException(string message)
        : base(message)
    {
    }

    internal static NoEndpointException For(EndpointSnapshot snapshot) => new(Describe(snapshot));

    internal static string Describe(EndpointSnapshot snapshot)
    {
        if (snapshot.Endpoints.Count == 0 && snapshot.Excluded.Count == 0)
            return $"{snapshot.Target} has no pods. Check that the Service exists and that its selector matches running pods.";
        if (snapshot.Endpoints.Count == 0)
        {
            return $"{snapshot.Target} has {snapshot.Excluded.Count} pods, and none can be dialled: " +
                $"{snapshot.Excluded[0].Name} ({snapshot.Excluded[0].Detail}). Check the pods' names and the port base.";
        }

        return $"{snapshot.Target} has {snapshot.Endpoints.Count} pods, and none is ready: " +
            $"{snapshot.Endpoints[0].Name} is {snapshot.Endpoints[0].State}. Wait, or look at the pods' readiness probe.";
    }
}
