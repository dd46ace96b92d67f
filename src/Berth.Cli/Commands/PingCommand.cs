using System.CommandLine;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Dispatcher;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth ping</c>: answers each UDP datagram with the same bytes.</summary>
internal static class PingCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "ping",
            $"Answers each UDP datagram of up to {PingResponder.MaxLength} bytes with the same bytes, at most {PingResponder.PerSecond} a "
                + "second to one sender, so that clients measure the way to a zone.",
            "berth ping                                          # on UDP port 9500 of every address",
            "berth ping --listen 10.1.2.3:9500 --listen '[fd00::1]:9500'")
            .Runs(host, [PingSettings.Listen, .. CommonSettings.OfLog, CommonSettings.Config], reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        IPEndPoint[] endPoints = reader.Get(PingSettings.Listen);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        reader.ThrowIfFaulty();
        using StopSignal stop = new();
        PingResponder responder = PingResponder.Start(endPoints, loggers, host.Time);
        await using (responder.ConfigureAwait(false))
            await stop.WaitAsync().ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
