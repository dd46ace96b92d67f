using Berth;

namespace Samples.Sessions;

/// <summary>Keeps one session with every pod, and says how they are.</summary>
internal sealed partial class SessionKeeper(EndpointView rooms, ILoggerFactory loggers, ILogger<SessionKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using EndpointSessions<PodSession> sessions = new(
            rooms,
            (pod, token) => PodSession.OpenAsync(pod, logger, token),
            new() { Completion = static session => session.Completion, LoggerFactory = loggers });
        await foreach (EndpointSessionSet<PodSession> now in sessions.ReadAllAsync(stoppingToken))
            Changed(now);
    }

    [LoggerMessage(1, LogLevel.Information, "sessions: {Sessions}")]
    private partial void Changed(EndpointSessionSet<PodSession> sessions);
}
