using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Berth.Cli.Commands;
using Berth.Cli.Hosting;

namespace Berth.Cli;

/// <summary>The tree of commands.</summary>
internal static class BerthCommands
{
    /// <summary>
    /// Creates the root. It is not a RootCommand, which takes its name from the file and adds options that we do not want.
    /// </summary>
    public static Command CreateRoot(ProgramHost host)
    {
        const string Call = "berth call http://127.0.0.1:8000     asks service A for an address, and talks to that pod";
        ExampleCommand root = new(
            host.IsPlugin ? "kubectl-berth" : "berth",
            "Direct-connect discovery for Kubernetes StatefulSets: every pod has its node's address, " +
            "and a port that follows from its name.",
            ProgramParts.HasLocalCluster
                ? ["berth up                             a local cluster with three pods, and service A on http://127.0.0.1:8000", Call]
                : [Call]);
        HelpOption help = new();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Add(help);
        Command get = new("get", "Shows endpoints, or this pod's own port or address.");
        get.Add(GetEndpointsCommand.Create(host));
        get.Add(GetPortCommand.Create(host));
        get.Add(GetAddressCommand.Create(host));
        if (ProgramParts.HasLocalCluster)
        {
            root.Add(UpCommand.Create(host));
            root.Add(LocalFaultCommand.CreateGroup(host));
        }
        else
        {
            root.Add(LeftOutCommand.Create("up", "the local cluster"));
            root.Add(LeftOutCommand.Create("local", "the local cluster"));
        }

        root.Add(ProgramParts.HasPlanning ? PlanCommands.Create(host) : LeftOutCommand.Create("plan", "port plans"));
        root.Add(DispatchCommand.Create(host));
        root.Add(EchoCommand.Create(host));
        root.Add(ExecCommand.Create(host));
        root.Add(MeshCommand.Create(host));
        root.Add(ProbeCommand.Create(host));
        root.Add(CallCommand.Create(host));
        root.Add(PingCommand.Create(host));
        root.Add(SeatsCommand.CreateGroup(host));
        root.Add(DrainCommand.Create(host));
        root.Add(get);
        if (host.IsPlugin)
            root.Add(GetEndpointsCommand.Create(host));
        root.Add(WatchCommand.Create(host));
        root.Add(DoctorCommand.Create(host));
        root.Add(CompletionCommand.Create(host));
        root.Add(VersionCommand.Create(host));
        return root;
    }

    /// <summary>Returns the words that call a command, such as <c>berth get port</c>.</summary>
    public static string PathOf(CommandResult command)
    {
        Stack<string> words = [];
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var found })
                words.Push(found.Name);
        }

        return string.Join(' ', words);
    }
}
