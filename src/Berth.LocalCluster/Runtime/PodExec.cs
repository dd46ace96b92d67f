using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>Runs kubectl exec: a command with the variables, the files and the folder of a running container.</summary>
internal sealed class PodExec(Kubelet kubelet, IContainerRuntime runtime)
{
    /// <summary>Finds the container, before the answer begins.</summary>
    /// <exception cref="ApiException">There is no such container, or it does not run.</exception>
    public ContainerSupervisor Find(StoredObject pod, string? container)
    {
        string name = container
            ?? pod.Body.Text("metadata", "annotations", "kubectl.kubernetes.io/default-container")
            ?? pod.Body.Items("spec", "containers").First().Text("name")!;
        ContainerSupervisor? supervisor = kubelet.Find(pod.Uid)?.All.FirstOrDefault(each => each.Name == name);
        return supervisor switch
        {
            { ProcessId: not null } => supervisor,
            null when pod.NodeName is not null => throw ApiException.BadRequest($"container {name} is not valid for pod {pod.Name}"),
            _ => throw new ApiException(
                500, "InternalError", $"unable to upgrade connection: container not found (\"{name}\")", new JsonObject()),
        };
    }

    /// <summary>Runs an additional command in a container. Returns its exit code; 127 when there is no such command.</summary>
    public async Task<int> RunAsync(
        ContainerSupervisor container, IReadOnlyList<string> command, IExecSession session, CancellationToken cancellationToken)
    {
        try
        {
            ContainerLaunch launch = container.LaunchOf(command, session.IsTerminal);
            return await runtime.ExecAsync(launch, session, cancellationToken).ConfigureAwait(false);
        }
        catch (LocalClusterException exception)
        {
            byte[] text = Encoding.UTF8.GetBytes(exception.Message + "\n");
            await session.WriteAsync(text, isError: true, cancellationToken).ConfigureAwait(false);
            return 127;
        }
    }

    /// <summary>kubectl attach: the output of a container from now on, until its run ends.</summary>
    public static async Task FollowAsync(ContainerSupervisor container, IExecSession session, CancellationToken cancellationToken)
    {
        ContainerLog log = container.Output;
        (IReadOnlyList<LogLine> lines, Task? more) = log.Read(0);
        long next = lines.Count == 0 ? 0 : lines[^1].Number + 1;
        while (more is not null)
        {
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            (lines, more) = log.Read(next);
            foreach (LogLine line in lines)
            {
                await session.WriteAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), isError: false, cancellationToken).ConfigureAwait(false);
                next = line.Number + 1;
            }
        }
    }
}
