using System.CommandLine;
using System.Text.Json;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Writing;

namespace Berth.Cli.Commands;

/// <summary><c>berth get port</c>: the second of the two functions, for shells.</summary>
internal static class GetPortCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "port",
            "Shows this pod's own port, computed from POD_NAME.",
            "POD_NAME=service-b-2 berth get port                                 # 3002",
            "POD_NAME=service-b-2 berth get port --base-port 4000 --stride 10    # 4020",
            "POD_NAME=service-b-2 berth get port --base-port game=4000,admin=5000 -o json")
            .Runs(
                host, [.. PortSettings.OfPod, CommonSettings.Output, CommonSettings.Config], reader => Task.FromResult(Run(reader, host)));

    private static int Run(SettingsReader reader, ProgramHost host)
    {
        PortScheme scheme = PortSettings.Read(reader, ofPod: true);
        OutputFormat format = reader.Get(CommonSettings.Output);
        reader.ThrowIfFaulty();
        PodIdentity pod = PodIdentity.FromEnvironment(host.Variable);
        IReadOnlyList<EndpointPort> ports = pod.GetPorts(scheme);
        if (format == OutputFormat.Json)
        {
            host.Out.WriteLine(JsonText.Write(writer => Write(writer, pod, ports)));
            return ExitCode.Ok;
        }

        foreach (EndpointPort port in ports)
            host.Out.WriteLine(ports.Count == 1 ? $"{port.Number}" : $"{port.Name}={port.Number}");
        return ExitCode.Ok;
    }

    private static void Write(Utf8JsonWriter writer, PodIdentity pod, IReadOnlyList<EndpointPort> ports)
    {
        writer.WriteStartObject();
        writer.WriteString("pod", pod.Name);
        writer.WriteString("namespace", pod.Namespace);
        EndpointJson.WriteOrdinal(writer, pod.Ordinal);
        writer.WriteNumber("port", ports[0].Number);
        EndpointJson.WritePorts(writer, ports);
        writer.WriteEndObject();
    }
}
