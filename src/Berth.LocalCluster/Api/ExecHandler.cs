using System.Net.WebSockets;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Runtime;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Api;

/// <summary>
/// kubectl exec and attach over a WebSocket, as kubectl does since 1.31 (KEP-4006): a byte for the channel, then its data.
/// </summary>
internal sealed class ExecHandler(ObjectStore store, PodExec exec, TimeProvider time)
{
    private static readonly string[] s_protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <summary>True for the subresources that this answers.</summary>
    public static bool Answers(RequestTarget target) => target is { Name: not null, Subresource: "exec" or "attach" };

    public async Task HandleAsync(RequestTarget target, HttpContext http, CancellationToken stopping)
    {
        StoredObject pod = store.Get(target.Kind, target.Namespace, target.Name!);
        IReadOnlyList<string> command = [.. http.Request.Query["command"].OfType<string>()];
        if (target.Subresource == "exec" && command.Count == 0)
            throw ApiException.BadRequest("you must specify at least one command for the container");
        ContainerSupervisor container = exec.Find(pod, http.Request.Query["container"].FirstOrDefault());
        IList<string> asked = http.WebSockets.WebSocketRequestedProtocols;
        string? protocol = s_protocols.FirstOrDefault(known => asked.Contains(known, StringComparer.Ordinal));
        if (!http.WebSockets.IsWebSocketRequest || protocol is null)
        {
            throw ApiException.BadRequest(
                $"the local cluster runs {target.Subresource} over WebSockets ({string.Join(", ", s_protocols)}): "
                + "use kubectl 1.31 or later");
        }

        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync(protocol).ConfigureAwait(false);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        using ExecChannels channels = new(
            socket, hasInput: IsSet(http, "stdin") && target.Subresource == "exec", isTerminal: IsSet(http, "tty"), time);
        int code = 0;
        if (target.Subresource == "exec")
            code = await exec.RunAsync(container, command, channels, ending.Token).ConfigureAwait(false);
        else
            await FollowAsync(container, channels, ending).ConfigureAwait(false);
        await channels.EndAsync(Status(code).ToUtf8(), ending.Token).ConfigureAwait(false);
    }

    /// <summary>Shows output until the run or the client ends.</summary>
    private static async Task FollowAsync(ContainerSupervisor container, ExecChannels channels, CancellationTokenSource ending)
    {
        Task follow = PodExec.FollowAsync(container, channels, ending.Token);
        if (await Task.WhenAny(follow, channels.Gone).ConfigureAwait(false) != follow)
            await ending.CancelAsync().ConfigureAwait(false);
        await follow.ConfigureAwait(false);
    }

    private static bool IsSet(HttpContext http, string name) => http.Request.Query[name].FirstOrDefault() is "true" or "1";

    private static JsonObject Status(int code) => code == 0
        ? new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : JsonWriting.Fields(
            ("metadata", new JsonObject()),
            ("status", "Failure"),
            ("message", $"command terminated with non-zero exit code: exit status {code.ToString(CultureInfo.InvariantCulture)}"),
            ("reason", "NonZeroExitCode"),
            ("details", new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject
                {
                    ["reason"] = "ExitCode", ["message"] = code.ToString(CultureInfo.InvariantCulture),
                }),
            }));
}
