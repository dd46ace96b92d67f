using System.CommandLine;
using System.Globalization;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Seats;
using Berth.Seats.Tls;
using Berth.Seats.Wire;

namespace Berth.Cli.Commands;

/// <summary><c>berth drain</c>: closes this pod's desk and waits for its sessions, for a preStop hook.</summary>
internal static class DrainCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "drain",
            "Closes the desk of this pod and waits until the last session has ended: a preStop hook. Ends with 1 when the time is up.",
            "POD_NAME=service-b-0 POD_NAMESPACE=games berth drain --seat-keys keys --drain 30s")
            .Runs(
                host,
                [
                    SeatSettings.Keys, SeatSettings.DeskBasePort, SeatSettings.DeskAddress, SeatSettings.DeskCa, SeatSettings.DeskName,
                    EchoSettings.Drain, CommonSettings.Config,
                ],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        string? keys = reader.Get(SeatSettings.Keys);
        TimeSpan limit = reader.Get(EchoSettings.Drain);
        _ = reader.Get(SeatSettings.DeskBasePort);
        _ = reader.Get(SeatSettings.DeskAddress);
        DeskTrust? trust = SeatSettings.ReadTrust(reader, host.Time);
        if (keys is null)
            reader.Fault($"The keys of the desk are not given. Give --{SeatSettings.Keys.Name}.");
        reader.ThrowIfFaulty();
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        using StopSignal stop = new();
        using DeskCalls desk = new(PodDesk.AddressOf(reader, self), $"{self.Namespace}/{self.Name}", keys!, trust, host.Time);
        StateMessage last = await desk.DrainAsync(limit, stop.Token).ConfigureAwait(false);
        if (last.Reserved + last.Taken == 0)
            return ExitCode.Ok;
        host.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"berth: After {Durations.Format(limit)} seats are still in use: {last.Taken} taken, {last.Reserved} reserved. " +
            $"Give a longer --{EchoSettings.Drain.Name}."));
        return ExitCode.NothingFound;
    }
}
