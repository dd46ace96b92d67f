namespace Berth.Snapshots;

/// <summary>A frozen run of neighbouring endpoints. Snapshots share the chunks that a change did not touch.</summary>
internal sealed class EndpointChunk
{
    public EndpointChunk(PodEndpoint[] all)
    {
        All = all;
        int available = all.Count(static e => e.IsAvailable);
        // Usually all endpoints are available, and one array serves both views.
        Available = available == all.Length ? all : all.Where(static e => e.IsAvailable).ToArray();
    }

    public PodEndpoint[] All { get; }

    public PodEndpoint[] Available { get; }
}
