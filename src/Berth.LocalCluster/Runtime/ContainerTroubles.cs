namespace Berth.LocalCluster.Runtime;

/// <summary>The reasons why a container waits. Each creates an event, and is returned as the container's state.</summary>
internal sealed class ContainerTroubles(JsonObject pod, JsonObject spec, KubeletContext context)
{
    private string NoProgramMessage
    {
        get
        {
            string image = spec.Text("image") ?? "";
            return $"Image {image} is not mapped to a program of this machine: "
                + $"start the cluster with --image {ContainerSpec.ImageName(image)}=PATH.";
        }
    }

    /// <summary>Returns the state of a container that ended or whose image has no program, and that starts again after the delay.</summary>
    public JsonObject BackOff(int? code, TimeSpan delay)
    {
        if (code is null)
        {
            string pulling = $"Back-off pulling image \"{spec.Text("image")}\"";
            context.Events.Record(pod, "Normal", "BackOff", pulling);
            // As the kubelet, the state says once more what failed; the event does not.
            return ContainerState.Waiting("ImagePullBackOff", $"{pulling}: ErrImagePull: {NoProgramMessage}");
        }

        string? name = spec.Text("name");
        string where = $"{pod.Text("metadata", "name")}_{pod.Text("metadata", "namespace")}({pod.Text("metadata", "uid")})";
        string wait = delay.Minutes > 0 ? $"{delay.Minutes}m{delay.Seconds}s" : $"{delay.Seconds}s";
        context.Events.Record(pod, "Warning", "BackOff", $"Back-off restarting failed container {name} in pod {where}");
        return ContainerState.Waiting("CrashLoopBackOff", $"back-off {wait} restarting failed container={name} pod={where}");
    }

    public JsonObject NoProgram()
    {
        context.Events.Record(pod, "Warning", "Failed", NoProgramMessage);
        return ContainerState.Waiting("ErrImagePull", NoProgramMessage);
    }

    public JsonObject NoVariable(string why)
    {
        context.Events.Record(pod, "Warning", "Failed", $"Error: {why}");
        return ContainerState.Waiting("CreateContainerConfigError", why);
    }
}
