using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>The commands of a container's manifest: its program, its probes, its hooks.</summary>
internal sealed class ContainerCommands(
    JsonObject pod, JsonObject spec, JsonNode? ofNode, ConfigSources sources, PodVolumes volumes, KubeletContext context)
{
    private string Image => spec.Text("image") ?? "";

    /// <summary>True when it must end before the next starts: an init container that is not a sidecar.</summary>
    public bool RunsToItsEnd { get; init; }

    /// <summary>True when there is a program for its image.</summary>
    public bool HasProgram => ContainerSpec.Resolve(Image, [], [], context.Images) is not null;

    /// <summary>Returns the command that starts it at an address of its pod.</summary>
    public ContainerLaunch Launch(string address, ContainerLog output)
    {
        Dictionary<string, string> variables = ContainerVariables.Of(spec, pod, ofNode, sources, context.ServiceEnvironment);
        IReadOnlyList<string> Words(string field) => [.. spec.Texts(field).Select(word => ContainerSpec.Expand(word, variables))];
        (string executable, IReadOnlyList<string> arguments) =
            ContainerSpec.Resolve(Image, Words("command"), Words("args"), context.Images, IsHere)!.Value;
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

        IReadOnlyList<ContainerMount> mounts = context.Images is null ? [] : volumes.MountsOf(spec, variables);
        if (mounts.Count > 0 && !context.Runtime.CanMount)
            TellUnmounted(mounts);
        return new ContainerLaunch(spec.Text("name")!, executable, arguments, environment, folder, address, output, RunsToItsEnd)
        {
            Mounts = mounts,
            NewScratch = volumes.NewScratch,
        };
    }

    /// <summary>Returns the launch of a command with all that the container has.</summary>
    public ContainerLaunch LaunchBeside(string address, IReadOnlyList<string> command, bool isTerminal, ContainerLog output)
    {
        (string executable, IReadOnlyList<string> arguments) =
            ContainerSpec.Resolve(Image, command, [], context.Images, IsHere) ?? (command[0], [.. command.Skip(1)]);
        ContainerLaunch launch = Launch(address, output) with { Executable = executable, Arguments = arguments, HasInput = true };
        if (!isTerminal)
            return launch;

        // script(1) of util-linux gives a command its own terminal.
        static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        string line = string.Join(' ', arguments.Prepend(executable).Select(Quoted));
        Dictionary<string, string> environment = new(launch.Environment, StringComparer.Ordinal) { ["TERM"] = "xterm" };
        return launch with { Executable = "script", Arguments = ["-qefc", line, "/dev/null"], Environment = environment };
    }

    /// <summary>The reason why its variables are not available yet, or null.</summary>
    public string? MissingVariable() => ContainerVariables.Missing(spec, sources);

    /// <summary>Waits until that reason changes.</summary>
    public Task UntilOtherVariableAsync(string? missing, CancellationToken cancellationToken) =>
        sources.UntilOtherAsync(missing, MissingVariable, cancellationToken);

    /// <summary>True when a program is on this machine, or may be in a volume.</summary>
    private bool IsHere(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) || spec.Items("volumeMounts").Any(mount =>
            program.StartsWith((mount.Text("mountPath") ?? "").TrimEnd('/') + "/", StringComparison.Ordinal))
        : context.FoldersOfPrograms.Any(folder => File.Exists(Path.Combine(folder, program)));

    private void TellUnmounted(IReadOnlyList<ContainerMount> mounts)
    {
        string where = string.Join(", ", mounts.Select(static mount => $"{mount.Target} is {mount.Source}"));
        context.Events.Record(
            pod, "Warning", "NotMounted", $"This system allows no mount namespaces, so nothing stands at the mount paths of container {
                spec.Text("name")}: {where}");
    }

    /// <summary>Returns a probe or a hook with the program of its command and the number of its port. Null when there is none.</summary>
    public JsonObject? Handler(params ReadOnlySpan<string> path)
    {
        if (spec.At(path) is not JsonObject given)
            return null;
        JsonObject handler = given.Clone();
        if (handler["exec"] is JsonObject exec
            && ContainerSpec.Resolve(Image, [.. exec.Texts("command")], [], context.Images, IsHere) is var (executable, arguments))
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
