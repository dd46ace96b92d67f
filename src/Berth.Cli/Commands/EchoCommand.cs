using System.CommandLine;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Echo;
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
            "POD_NAME=agent-x7k2p berth echo --fixed-port 4000 --drain 5m")
            .Runs(
                host,
                [.. PortSettings.OfPod, EchoSettings.Bind, EchoSettings.Drain, .. CommonSettings.OfLog, CommonSettings.Config],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        PortScheme scheme = PortSettings.Read(reader, ofPod: true);
        IPAddress? bind = reader.Get(EchoSettings.Bind);
        TimeSpan drain = reader.Get(EchoSettings.Drain);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        reader.ThrowIfFaulty();
        int port = PodIdentity.FromEnvironment(host.Variable).GetPorts(scheme)[0].Number;
        using StopSignal stop = new();
        EchoOptions options = new() { Port = port, BindAddress = bind, Drain = drain };
        EchoServer server = EchoServer.Start(options, loggers.CreateLogger("Berth.Echo"), host.Time);
        await using (server.ConfigureAwait(false))
        {
            await stop.WaitAsync().ConfigureAwait(false);
            await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
