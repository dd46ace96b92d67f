using System.CommandLine;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Cli.Seats;
using Berth.Echo;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth echo</c>: service B.</summary>
internal static class EchoCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "echo",
            "Runs service B: answers 'LOCALADDR DATA' over TCP and UDP, on this pod's own port.",
            "POD_NAME=service-b-0 berth echo                              # on port 3000",
            "POD_NAME=service-b-2 berth echo --base-port 4000 --stride 10 # on port 4020",
            "POD_NAME=agent-x7k2p berth echo --fixed-port 4000 --drain 5m",
            "POD_NAME=service-b-0 POD_NAMESPACE=games berth echo --seats 8 --seat-keys keys --desk-address 10.0.0.7")
            .Runs(
                host,
                [
                    .. PortSettings.OfPod, EchoSettings.Bind, EchoSettings.Drain, .. SeatSettings.OfEcho, .. CommonSettings.OfLog,
                    CommonSettings.Config,
                ],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        PortScheme scheme = PortSettings.Read(reader, ofPod: true);
        IPAddress? bind = reader.Get(EchoSettings.Bind);
        TimeSpan drain = reader.Get(EchoSettings.Drain);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        PodDesk.CheckSettings(reader);
        reader.ThrowIfFaulty();
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        int port = self.GetPorts(scheme)[0].Number;
        using StopSignal stop = new();
        PodDesk pod = await PodDesk.StartAsync(reader, self, host, loggers, stop.Token).ConfigureAwait(false);
        await using (pod.ConfigureAwait(false))
        {
            EchoOptions options = new() { Port = port, BindAddress = bind, Drain = drain, Desk = pod.Desk };
            EchoServer server = EchoServer.Start(options, loggers.CreateSafeLogger("Berth.Echo"), host.Time);
            await using (server.ConfigureAwait(false))
            {
                await stop.WaitAsync().ConfigureAwait(false);
                // Clients with a reservation can still connect: the server accepts until no seat is in use.
                if (pod.Desk is { } desk)
                    await desk.DrainAsync(drain, CancellationToken.None).ConfigureAwait(false);
                await server.StopAsync(new CancellationToken(canceled: pod.Desk is not null)).ConfigureAwait(false);
            }
        }

        return ExitCode.Ok;
    }
}
