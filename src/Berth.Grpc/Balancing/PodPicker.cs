using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Balancing;

/// <summary>Picks the pod that the metadata of a call names, else the next of those that are connected.</summary>
/// <param name="table">The connections.</param>
/// <param name="ready">The kept connections that are ready.</param>
/// <param name="otherwise">The result when none is ready: the call waits or fails.</param>
/// <param name="turns">Whose turn it is; shared by all pickers of a channel.</param>
internal sealed class PodPicker(PodTable table, PodConnection[] ready, PickResult otherwise, Turns turns) : SubchannelPicker
{
    private static readonly PickResult s_queued = PickResult.ForQueue();

    /// <summary>The result for calls that wait for a connection.</summary>
    public static PickResult Queued => s_queued;

    /// <summary>The number of pods that calls without a name can use now.</summary>
    public int ReadyCount => ready.Length;

    /// <inheritdoc/>
    public override PickResult Pick(PickContext context)
    {
        if (table.Pods.View is { IsTooStale: true } view)
            return Fail($"The pods of {view.Target} are {view.Age?.TotalSeconds:0} s old, which is more than MaxStale of the directory.");
        return context.Request is { } request && PickNamed(request.Headers.NonValidated) is { } named ? named
            : ready.Length == 0 ? otherwise
            : ready[turns.Next(ready.Length)].Picked;
    }

    private PickResult? PickNamed(HttpHeadersNonValidated headers)
    {
        string? ordinal = null;
        string? key = null;
        // One walk over the headers costs less than three look-ups.
        foreach ((string name, HeaderStringValues values) in headers)
        {
            if (!name.StartsWith(BerthMetadata.Prefix, StringComparison.Ordinal))
                continue;
            switch (name)
            {
                case BerthMetadata.Pod:
                    return PickPod(values.ToString());
                case BerthMetadata.Ordinal:
                    ordinal = values.ToString();
                    break;
                case BerthMetadata.Key:
                    key = values.ToString();
                    break;
            }
        }

        return ordinal is not null ? PickOrdinal(ordinal) : key is not null ? table.FindByKey(key).Pick(s_queued) : null;
    }

    private PickResult PickPod(string name) => table.FindByName(name) is { } connection
        ? connection.Pick(s_queued)
        : name.Length == 0
            ? Refuse($"The metadata {BerthMetadata.Pod} is empty. Give the name of a pod, or leave it out.")
            : Fail(new PodNamePicker(name));

    private PickResult PickOrdinal(string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
            return Refuse($"The metadata {BerthMetadata.Ordinal} is '{text}'. Give the ordinal of a pod, 0 or more, or leave it out.");
        return table.FindByOrdinal(ordinal)?.Pick(s_queued) ?? Fail(new OrdinalPicker(ordinal));
    }

    private PickResult Fail(IEndpointPicker picker) => Fail(
        table.Pods.View?.Current is { } snapshot ? NoEndpointException.Describe(snapshot, picker) : $"There is no pod {picker}.");

    private static PickResult Fail(string reason) => PickResult.ForFailure(new Status(StatusCode.Unavailable, reason));

    // A defect of the caller: no other attempt would succeed. Only a server may return the codes that would say so (gRFC A54).
    private static PickResult Refuse(string reason) => PickResult.ForFailure(new Status(StatusCode.Internal, reason));
}
