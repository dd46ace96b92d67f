using System.CommandLine;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Mesh;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Echo;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth mesh</c>: service B whose pods keep a session with each other by <see cref="EndpointSessions{T}"/>.</summary>
internal static class MeshCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string?> target = ServiceTargetArgument.Create();
        ExampleCommand command = new(
            "mesh",
            "Runs service B, and keeps a session with each other pod of the Service: an example, see deploy/examples/mesh.",
            "POD_NAME=mesh-0 berth mesh k8s-example2/mesh --base-port 3200")
        {
            target,
        };
        return command.Runs(
            host,
            [
                .. PortSettings.OfPod, EchoSettings.Bind, EchoSettings.Drain, ServiceTargetArgument.Namespace, .. SourceSettings.All,
                .. ClusterSettings.All, .. CommonSettings.OfLog, CommonSettings.Config,
            ],
            reader => RunAsync(reader, host, target));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, Argument<string?> argument)
    {
        ServiceTarget target = ServiceTargetArgument.Read(reader, host, argument);
        PortScheme ports = PortSettings.Read(reader, ofPod: true);
        IPAddress? bind = reader.Get(EchoSettings.Bind);
        TimeSpan drain = reader.Get(EchoSettings.Drain);
        SourceChoice choice = SourceSettings.Read(reader, [target]);
        foreach (string fault in choice.FindFaults(host))
            reader.Fault(fault);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        reader.ThrowIfFaulty();
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        EchoOptions options = new() { Port = self.GetPorts(ports)[0].Number, BindAddress = bind, Drain = drain };
        using StopSignal stop = new();
        EchoServer server = EchoServer.Start(options, loggers.CreateSafeLogger("Berth.Echo"), host.Time);
        await using (server.ConfigureAwait(false))
        {
            EndpointDirectory directory = choice.Open(host, loggers).Directory;
            await using (directory.ConfigureAwait(false))
            {
                EndpointSessions<PeerSession> sessions = Keep(directory.Follow(target, ports), self, host, loggers);
                await using (sessions.ConfigureAwait(false))
                    await stop.WaitAsync().ConfigureAwait(false);
            }

            await server.StopAsync().ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static EndpointSessions<PeerSession> Keep(EndpointView view, PodIdentity self, ProgramHost host, ILoggerFactory loggers) => new(
        view,
        (pod, token) => PeerSession.OpenAsync(pod, self.Name, host.Time, token),
        new EndpointSessionsOptions<PeerSession>
        {
            Filter = pod => pod.Name != self.Name,
            Completion = static session => session.Completion,
            Backoff = new ExponentialBackoff(host.Random),
            TimeProvider = host.Time,
            LoggerFactory = loggers,
        });
}
