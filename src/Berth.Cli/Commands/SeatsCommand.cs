using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.Cli.Call;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Cli.Seats;
using Berth.Seats.Tls;
using Berth.Seats.Wire;

namespace Berth.Cli.Commands;

/// <summary><c>berth seats</c>: shows the seats of a Service, and closes or opens the desk of one pod.</summary>
internal static class SeatsCommand
{
    // The options of kubectl that give the namespace of a name without one.
    private static readonly Setting[] s_ofNamespace =
        [ServiceTargetArgument.Namespace, ClusterSettings.Kubeconfig, ClusterSettings.Context];

    public static Command CreateGroup(ProgramHost host)
    {
        ExampleCommand group = CreateShow(
            host, "seats", "Shows the seats of a Service, and closes or opens the desk of a pod.", "berth seats k8s-example2/service-b");
        group.Add(CreateShow(
            host, "show", "Shows the seats of a Service by pod, as a dispatcher knows them.",
            "berth seats show k8s-example2/service-b", "berth seats show games/lobby --url http://service-a.games -o json",
            "berth seats show lobby -n games"));
        group.Add(CreateSet(
            host, "close", closed: true, "Closes the desk of a pod: no new reservations; sessions continue.",
            "berth seats close k8s-example2/service-b-1 --desk 10.0.0.7:9001 --seat-keys keys",
            "kubectl exec -n k8s-example2 service-b-1 -- /berth seats close"));
        group.Add(CreateSet(
            host, "open", closed: false, "Opens the desk of a pod again.",
            "berth seats open k8s-example2/service-b-1 --desk 10.0.0.7:9001 --seat-keys keys",
            "kubectl exec -n k8s-example2 service-b-1 -- /berth seats open"));
        return group;
    }

    private static ExampleCommand CreateShow(ProgramHost host, string name, string description, params string[] examples)
    {
        Argument<string?> target = ServiceTargetArgument.Create();
        ExampleCommand command = new(name, description, examples) { target };
        return command.Runs(
            host, [SeatSettings.Url, .. s_ofNamespace, CommonSettings.TableOutput],
            reader => ShowAsync(reader, host, ServiceTargetArgument.Read(reader, host, target)));
    }

    private static ExampleCommand CreateSet(
        ProgramHost host, string name, bool closed, string description, params string[] examples)
    {
        Argument<string?> pod = new("NAMESPACE/POD")
        {
            Description = "The pod. Default: the pod in which this runs, and its own desk.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        ExampleCommand command = new(name, description, examples) { pod };
        return command.Runs(
            host,
            [
                SeatSettings.Desk, SeatSettings.Keys, SeatSettings.DeskBasePort, SeatSettings.DeskAddress, SeatSettings.DeskCa,
                SeatSettings.DeskName, .. s_ofNamespace,
            ],
            reader => SetAsync(reader, host, reader.GetArgument(pod), closed));
    }

    private static async Task<int> ShowAsync(SettingsReader reader, ProgramHost host, ServiceTarget service)
    {
        Uri url = reader.Get(SeatSettings.Url);
        OutputFormat format = reader.Get(CommonSettings.TableOutput);
        reader.ThrowIfFaulty();
        using StopSignal stop = new();
        using JsonDocument page = await SeatPageClient.ReadAsync(new Uri(url, $"/v1/seats/{service}"), host.Time, stop.Token)
            .ConfigureAwait(false);
        if (format == OutputFormat.Json)
        {
            host.Out.WriteLine(page.RootElement.GetRawText());
            return ExitCode.Ok;
        }

        string[][] rows =
        [
            .. page.RootElement.GetProperty("pods").EnumerateArray().Select(static pod => new[]
            {
                Text(pod, "pod"), Text(pod, "authority"), Text(pod, "desk"), Text(pod, "capacity"), Text(pod, "free"),
                Text(pod, "reserved"), Text(pod, "taken"),
            }),
        ];
        foreach (string line in TextTable.Format(["POD", "ADDRESS", "DESK", "CAPACITY", "FREE", "RESERVED", "TAKEN"], rows))
            host.Out.WriteLine(line);
        return ExitCode.Ok;
    }

    private static async Task<int> SetAsync(SettingsReader reader, ProgramHost host, string? name, bool closed)
    {
        IPEndPoint? address = reader.Get(SeatSettings.Desk);
        string? keys = reader.Get(SeatSettings.Keys);
        _ = reader.Get(SeatSettings.DeskBasePort);
        _ = reader.Get(SeatSettings.DeskAddress);
        DeskTrust? trust = SeatSettings.ReadTrust(reader, host.Time);
        string? pod = name is null ? null : ServiceTargetArgument.ReadPath(reader, host, name);
        if (pod is not null && pod.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            reader.Fault($"'{pod}' does not name a pod. Write it as NAMESPACE/POD, such as k8s-example2/service-b-1.");
        if (pod is not null && address is null)
            reader.Fault($"The address of the desk is not given. Give --{SeatSettings.Desk.Name}, such as 10.0.0.7:9001.");
        if (keys is null)
            reader.Fault($"The keys of the desk are not given. Give --{SeatSettings.Keys.Name}.");
        reader.ThrowIfFaulty();
        if (pod is null)
        {
            PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
            pod = $"{self.Namespace}/{self.Name}";
            address ??= PodDesk.AddressOf(reader, self);
        }

        using StopSignal stop = new();
        using DeskCalls desk = new(address!, pod, keys!, trust, host.Time);
        StateMessage state = await desk.SetClosedAsync(closed, stop.Token).ConfigureAwait(false);
        host.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pod} is {(state.Closed ? "closed" : "open")}: {state.Taken} seats taken, {state.Reserved} reserved of {state.Capacity}."));
        return ExitCode.Ok;
    }

    private static string Text(JsonElement pod, string name) =>
        pod.TryGetProperty(name, out JsonElement value) ? value.ToString() : "-";
}
