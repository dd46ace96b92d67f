using System.CommandLine;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Echo;

namespace Berth.Cli.Commands;

/// <summary><c>berth probe</c>: the readiness of this pod's own port, for an exec probe.</summary>
internal static class ProbeCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "probe",
            "Ends with 0 when this pod listens on its own port and accepts a TCP connection, else with 1: an exec readiness probe.",
            "POD_NAME=service-b-0 berth probe",
            "POD_NAME=service-b-2 berth probe --base-port 4000 --timeout 500ms")
            .Runs(
                host,
                [.. PortSettings.OfPod, EchoSettings.Host, EchoSettings.AnyOwner, EchoSettings.ProbeTimeout, CommonSettings.Config],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        PortScheme scheme = PortSettings.Read(reader, ofPod: true);
        string address = ReadHost(reader);
        TimeSpan timeout = reader.Get(EchoSettings.ProbeTimeout);
        bool anyOwner = reader.Get(EchoSettings.AnyOwner);
        reader.ThrowIfFaulty();
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        int port = self.GetPorts(scheme)[0].Number;
        string? fault = await PortProbe.FindFaultAsync(address, port, timeout, host.Time).ConfigureAwait(false)
            ?? (anyOwner ? null : PortProbe.FindOwnerFault(address, port, self));
        if (fault is null)
            return ExitCode.Ok;
        host.Error.WriteLine($"berth: {fault}");
        return ExitCode.NothingFound;
    }

    /// <summary>Reads the address to try. A probe shares its server's environment, so it uses the address that the server binds.</summary>
    private static string ReadHost(SettingsReader reader)
    {
        string host = reader.Get(EchoSettings.Host);
        if (reader.OriginOf(EchoSettings.Host) != SettingOrigin.Nowhere)
            return host;
        return reader.Get(EchoSettings.Bind) is { } bound && !bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any)
            ? bound.ToString()
            : host;
    }
}
