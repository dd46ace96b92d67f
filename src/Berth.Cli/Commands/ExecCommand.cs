using System.CommandLine;
using System.Net;
using Berth.Cli.Exec;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Cli.Seats;
using Berth.Echo;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth exec -- COMMAND</c>: runs any server on this pod's own port.</summary>
internal static class ExecCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string[]> words = new("COMMAND")
        {
            Description = "The server and its arguments, after --. {port}, {port:NAME}, {ordinal}, {address}, {name} and {namespace} stand "
                + "for this pod's.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        ExampleCommand command = new(
            "exec",
            "Runs a server on this pod's own port, as process 1 of its container: it forwards signals and ends with the server's code.",
            "POD_NAME=game-2 berth exec --base-port 3000 -- ./server --port {port}                # ./server --port 3002",
            "POD_NAME=game-2 berth exec --base-port game=4000,admin=5000 -- ./server --admin {port:admin}",
            "berth exec --install /berth                                       # for an image of any base, in an init container")
        {
            words,
        };
        return command.Runs(
            host,
            [
                .. PortSettings.OfPod, EchoSettings.Bind, EchoSettings.Drain, .. SeatSettings.OfEcho, ExecSettings.Install,
                .. CommonSettings.OfLog, CommonSettings.Config,
            ],
            reader => RunAsync(reader, host, reader.GetArguments(words)));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, IReadOnlyList<string> words)
    {
        PortScheme scheme = PortSettings.Read(reader, ofPod: true);
        IPAddress? bind = reader.Get(EchoSettings.Bind);
        TimeSpan drain = reader.Get(EchoSettings.Drain);
        string? folder = reader.Get(ExecSettings.Install);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        PodDesk.CheckSettings(reader);
        if (words.Count == 0 && folder is null)
            reader.Fault("No command is given. Write it after --, as in: berth exec --base-port 3000 -- ./server --port {port}");
        if (words.Count > 0 && folder is not null)
            reader.Fault("--install starts no command. Leave one of them out.");
        reader.ThrowIfFaulty();
        if (folder is not null)
            return Install(folder, host);
        if (!OperatingSystem.IsLinux())
            throw CommandException.Usage("berth exec runs servers of Linux containers only. Start the server itself here.");
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        IReadOnlyList<EndpointPort> ports = self.GetPorts(scheme);
        Placeholders values = new(self, ports, Given(host, Placeholders.AddressVariable) ?? Given(host, Placeholders.PodIPVariable));
        List<string> faults = [];
        string[] arguments = [.. words.Select(word => values.Fill(word, faults))];
        if (faults.Count > 0)
            throw CommandException.Usage(string.Join('\n', faults.Distinct(StringComparer.Ordinal)));
        foreach (EndpointPort port in ports)
            PortProbe.ThrowIfTaken(bind, port.Number);
        PodDesk pod = await PodDesk.StartAsync(reader, self, host, loggers, CancellationToken.None).ConfigureAwait(false);
        await using (pod.ConfigureAwait(false))
        {
            IEnumerable<string> variables = values.Variables();
            if (pod.Desk is { } own)
                variables = variables.Append($"BERTH_POD_DESK={PodDesk.UrlOf(reader, self)}").Append($"BERTH_POD_DESK_TOKEN={own.Token}");
            string[] environment = [.. host.Environs().Where(static each => !IsOurs(each)), .. variables];
            using ServerProcess server = ServerProcess.Start(
                arguments, environment, host.InIsTerminal, holdsTerminate: pod.Desk is not null);
            if (pod.Desk is { } desk && await Task.WhenAny(server.Terminated, server.Ended).ConfigureAwait(false) == server.Terminated)
            {
                using CancellationTokenSource ended = new();
                Task draining = desk.DrainAsync(drain, ended.Token);
                await Task.WhenAny(draining, server.Ended).ConfigureAwait(false);
                await ended.CancelAsync().ConfigureAwait(false);
                await draining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                server.Stop();
            }

            return await server.Ended.ConfigureAwait(false);
        }
    }

    private static int Install(string folder, ProgramHost host)
    {
        const string Maps = "/proc/self/maps";
        string[] mapped = File.Exists(Maps) ? File.ReadAllLines(Maps) : [];
        IReadOnlyList<string> start = Installation.Install(Environment.ProcessPath, mapped, Path.GetFullPath(folder));
        host.Out.WriteLine(string.Join(' ', start));
        return ExitCode.Ok;
    }

    private static string? Given(ProgramHost host, string variable) => host.Variable(variable) is { Length: > 0 } value ? value : null;

    private static bool IsOurs(string variable) => variable.StartsWith("BERTH_POD_", StringComparison.Ordinal);
}
