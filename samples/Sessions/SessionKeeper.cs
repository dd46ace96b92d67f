using Berth;

namespace Samples.Sessions;

/// <summary>Opens a session when a pod comes, and ends it when the pod goes. A pod that is replaced is another pod, by its UID.</summary>
internal sealed class SessionKeeper(EndpointView rooms, ILogger<SessionKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, PodSession> sessions = new(StringComparer.Ordinal);
        try
        {
            // The whole set, now and after each change. While the API is away the last set stays, and so do the sessions.
            await foreach (EndpointSnapshot pods in rooms.ReadAllAsync(stoppingToken))
            {
                Dictionary<string, PodEndpoint> wanted = pods.Available.ToDictionary(static pod => $"{pod.Name}/{pod.Uid}");
                foreach (string gone in sessions.Keys.Except(wanted.Keys).ToArray())
                {
                    sessions.Remove(gone, out PodSession? session);
                    await session!.DisposeAsync();
                }

                foreach ((string key, PodEndpoint pod) in wanted.Where(entry => !sessions.ContainsKey(entry.Key)))
                    sessions.Add(key, new PodSession(pod, logger));
            }
        }
        finally
        {
            foreach (PodSession session in sessions.Values)
                await session.DisposeAsync();
        }
    }
}
