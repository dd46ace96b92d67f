using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Up;

namespace Berth.Cli.Commands;

/// <summary><c>berth local fault NAME</c>: creates a fault in a cluster that <c>berth up</c> runs.</summary>
internal static class LocalFaultCommand
{
    private static readonly Setting<string?> s_kubeconfig = new(
        "kubeconfig", "PATH", "The kubeconfig that berth up printed. Default: KUBECONFIG.", CommonParsers.Text, null);

    private static readonly Setting<string?> s_namespace = new(
        "namespace", "NAME", "The pod's namespace. Default k8s-example2.", CommonParsers.Text, null, separator: null, "-n");

    private static readonly Setting<TimeSpan> s_for = new(
        "for", "DURATION", "How long it lasts, up to 1h. Default 10s.",
        Durations.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)), TimeSpan.FromSeconds(10));

    public static Command CreateGroup(ProgramHost host)
    {
        Command fault = new("fault", "Makes something go wrong, so that you see what clients see.");
        fault.Add(
            Create(
                host, "kill-pod", "Kills a pod's processes (SIGKILL). They are started again.", "POD", "pod", [s_namespace],
                "berth local fault kill-pod service-b-0"));
        fault.Add(
            Create(
                host, "stop-node", "Stops a node and the processes of its pods.", "NODE", "node", [],
                "berth local fault stop-node node-0"));
        fault.Add(Create(host, "start-node", "Brings a stopped node back.", "NODE", "node", [], "berth local fault start-node node-0"));
        fault.Add(
            Create(
                host, "cut-api", "The API refuses connections for a while.", null, null, [s_for], "berth local fault cut-api --for 30s"));
        fault.Add(
            Create(
                host, "pause-api", "The API keeps its connections and answers nothing for a while.", null, null, [s_for],
                "berth local fault pause-api --for 30s"));
        fault.Add(
            Create(
                host, "drop-watches", "Ends every watch, as a restarting API server does.", null, null, [],
                "berth local fault drop-watches"));
        fault.Add(
            Create(
                host, "compact", "Forgets the history: watches from older versions get 410.", null, null, [], "berth local fault compact"));
        fault.Add(
            Create(
                host, "expire-tokens", "Makes the tokens of all service accounts invalid; new ones are in the pods' files.", null, null, [],
                "berth local fault expire-tokens"));
        Command group = new("local", "Works on a cluster that berth up runs.");
        group.Add(fault);
        return group;
    }

    private static ExampleCommand Create(
        ProgramHost host, string name, string description, string? placeholder, string? parameter, Setting[] settings, string example)
    {
        ExampleCommand command = new(name, description, example);
        Argument<string?>? subject = null;
        if (placeholder is not null)
        {
            subject = new Argument<string?>(placeholder) { Description = $"The {parameter}'s name." };
            command.Add(subject);
        }

        return command.Runs(host, [.. settings, s_kubeconfig], reader => RunAsync(reader, host, name, subject, parameter, settings));
    }

    private static async Task<int> RunAsync(
        SettingsReader reader, ProgramHost host, string fault, Argument<string?>? subject, string? parameter, Setting[] settings)
    {
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        if (subject is not null)
            parameters[parameter!] = reader.GetArgument(subject) ?? "";
        if (settings.Contains(s_namespace))
            parameters["namespace"] = reader.Get(s_namespace) ?? UpOptions.Namespace;
        if (settings.Contains(s_for))
            parameters["seconds"] = reader.Get(s_for).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string? kubeconfig = reader.Get(s_kubeconfig) ?? host.Variable("KUBECONFIG");
        if (string.IsNullOrEmpty(kubeconfig))
            reader.Fault(
                "The cluster is not known. Give the kubeconfig that berth up printed, with --kubeconfig or in KUBECONFIG.");
        reader.ThrowIfFaulty();
        try
        {
            host.Out.WriteLine(await FaultClient.AskAsync(kubeconfig!, fault, parameters).ConfigureAwait(false));
            return ExitCode.Ok;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            throw CommandException.Unreachable(
                $"The cluster of {kubeconfig} does not answer: {exception.Message.TrimEnd('.')}. " +
                "Is berth up still running, and its API not cut?",
                exception);
        }
    }
}
