using Berth.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Sessions;

/// <summary>The log of the sessions of one target. Nothing that it reports ends a session.</summary>
internal sealed class SessionLog(ILogger logger, ServiceTarget target)
{
    public void Opened(PodEndpoint pod) => Safely(() => Log.SessionOpened(logger, target, pod.Name, pod.Authority));

    public void Closed(PodEndpoint pod) => Safely(() => Log.SessionClosed(logger, target, pod.Name, pod.Authority));

    /// <summary>Reports a failure: the first in a row as a warning, the next ones at a lower level.</summary>
    public void Failed(PodEndpoint pod, Exception? failure, int failures) => Safely(() =>
    {
        LogLevel level = failures == 1 ? LogLevel.Warning : LogLevel.Debug;
        Log.SessionFailed(logger, level, target, pod.Name, pod.Authority, failures, failure?.Message ?? "", failure);
    });

    public void OpenFailedLate(PodEndpoint pod, Exception failure) => Safely(() =>
        Log.SessionOpenFailedLate(logger, target, pod.Name, failure.Message, failure is OperationCanceledException ? null : failure));

    public void OpenStuck(PodEndpoint pod) => Safely(() => Log.SessionOpenStuck(logger, target, pod.Name));

    public void CloseFailed(PodEndpoint pod, Exception failure) => Safely(() => Log.SessionCloseFailed(logger, target, pod.Name, failure));

    public void CloseStuck(PodEndpoint pod) => Safely(() => Log.SessionCloseStuck(logger, target, pod.Name));

    /// <summary>Reports a failure of the caller's filter or backoff. Asks for no wait.</summary>
    public TimeSpan? FollowFailed(Exception failure)
    {
        Safely(() => Log.SessionsNotFollowed(logger, target, failure));
        return null;
    }

    private static void Safely(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // The logger does not throw, but the message of a caller's exception may. There is no other way to report it.
        }
    }
}
