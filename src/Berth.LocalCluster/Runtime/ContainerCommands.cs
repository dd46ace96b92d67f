using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>The commands of a container's manifest: its program, its probes, its hooks.</summary>
internal sealed class ContainerCommands(JsonObject pod, JsonObject spec, JsonNode? ofNode, KubeletContext context)
{
    private string Image => spec.Text("image") ?? "";

    /// <summary>True when it must end before the next starts: an init container that is no sidecar.</summary>
    public bool RunsToItsEnd { get; init; }

    /// <summary>True when there is a program for its image.</summary>
    public bool HasProgram => ContainerSpec.Resolve(Image, [], [], context.Images) is not null;

    /// <summary>Returns the command that starts it at an address of its pod.</summary>
    public ContainerLaunch Launch(string address, ContainerLog output)
    {
        Dictionary<string, string> variables = ContainerVariables.Of(spec, pod, ofNode, context.ServiceEnvironment);
        IReadOnlyList<string> Words(string field) => [.. spec.Texts(field).Select(word => ContainerSpec.Expand(word, variables))];
        (string executable, IReadOnlyList<string> arguments) =
            ContainerSpec.Resolve(Image, Words("command"), Words("args"), context.Images)!.Value;
        Dictionary<string, string> environment = new(context.BaseEnvironment(pod), StringComparer.Ordinal);
        foreach ((string name, string value) in variables)
            environment[name] = value;
        string? folder = spec.Text("workingDir");
        if (!string.IsNullOrEmpty(folder) && context.Images is not null && !Directory.Exists(folder))
        {
            string message = $"The folder {folder} (workingDir) is not on this machine: container {spec.Text("name")} runs in "
                + Environment.CurrentDirectory;
            context.Events.Record(pod, "Warning", "NotEnforced", message);
        }

        return new ContainerLaunch(spec.Text("name")!, executable, arguments, environment, folder, address, output, RunsToItsEnd);
    }

    /// <summary>A probe or a hook, with the program of its command and the number of its port. Null where there is none.</summary>
    public JsonObject? Handler(params ReadOnlySpan<string> path)
    {
        if (spec.At(path) is not JsonObject given)
            return null;
        JsonObject handler = given.Clone();
        if (handler["exec"] is JsonObject exec
            && ContainerSpec.Resolve(Image, [.. exec.Texts("command")], [], context.Images) is var (executable, arguments))
        {
            exec["command"] = JsonWriting.TextArray([executable, .. arguments]);
        }

        foreach (JsonObject target in ((string[])["httpGet", "tcpSocket", "grpc"]).Select(kind => handler[kind]).OfType<JsonObject>())
        {
            if (target.Text("port") is { } portName)
                target["port"] = spec.Items("ports").FirstOrDefault(port => port.Text("name") == portName).Number("containerPort") ?? 0;
        }

        return handler;
    }
}
