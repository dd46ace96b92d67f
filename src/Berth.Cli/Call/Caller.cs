using System.Net;
using System.Net.Sockets;
using Berth.Cli.Hosting;
using Berth.Cli.Options;

namespace Berth.Cli.Call;

/// <summary>
/// A client of both services: asks service A, connects to that pod of service B, sends, and reads the answer. When the pod does not answer,
/// it asks A again, because the pod may have just disappeared and A learns of it a moment later.
/// </summary>
internal sealed class Caller(ServiceAClient serviceA, Uri url, TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public async Task<CallResult> CallAsync(string text, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? trouble = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                long asked = time.GetTimestamp();
                PodAddress? pod = await serviceA.AskAsync(both.Token).ConfigureAwait(false);
                TimeSpan ask = time.GetElapsedTime(asked);
                if (pod is null)
                {
                    trouble = $"Service A at {url} has no list of pods yet";
                }
                else
                {
                    trouble = $"The pod at {pod.Address} did not answer";
                    long connecting = time.GetTimestamp();
                    if (await TryTalkAsync(pod.Address, text, both.Token).ConfigureAwait(false) is { } answer)
                        return new CallResult(pod.Address, pod.Host, answer, ask, time.GetElapsedTime(connecting), attempt);
                }

                await Task.Delay(s_pause, time, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw trouble is null
                ? CommandException.Unreachable(
                    $"Service A at {url} did not answer within {Durations.Format(timeout)}. Check the address, or give a longer --timeout.",
                    exception)
                : CommandException.NothingFound($"{trouble}, and nothing else did within {Durations.Format(timeout)}. " +
                    "Look at the pods of service B, or give a longer --timeout.");
        }
    }

    /// <summary>Talks to one pod. Returns null when the pod does not answer.</summary>
    private async Task<string?> TryTalkAsync(IPEndPoint address, string text, CancellationToken cancellationToken)
    {
        // A host that drops packets must not use up the time for another attempt.
        using CancellationTokenSource patience = new(timeout / 2, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ServiceBClient.SendAsync(address, text, both.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
