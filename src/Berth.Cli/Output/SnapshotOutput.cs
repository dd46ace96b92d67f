using System.Text.Json;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Snapshots;
using Berth.Writing;

namespace Berth.Cli.Output;

/// <summary>Writes a snapshot as <c>berth get endpoints</c> shows it.</summary>
internal static class SnapshotOutput
{
    private static readonly string[] s_heading = ["POD", "ADDRESS", "STATE", "NODE", "ZONE", "PORTS"];

    public static void Write(EndpointSnapshot snapshot, OutputFormat format, ProgramHost host)
    {
        switch (format)
        {
            case OutputFormat.Json:
                host.Out.WriteLine(JsonText.Write(writer => WriteJson(writer, snapshot)));
                return;
            case OutputFormat.Text:
                foreach (PodEndpoint endpoint in snapshot.Available)
                    host.Out.WriteLine(endpoint.Authority);
                break;
            default:
                WriteTable(snapshot, host);
                break;
        }

        // These lines are for people, so they go to stderr and not to the values that a shell reads.
        foreach (EndpointCluster cluster in snapshot.Clusters.Where(static cluster => !cluster.IsLive))
            host.Error.WriteLine($"berth: The cluster {cluster.Name} is {EndpointWords.Of(cluster)}: {cluster.Reason}");
        foreach (LeftOutPod pod in snapshot.LeftOut)
            host.Error.WriteLine($"berth: {pod.Name} is left out: {pod.Detail}.");
        foreach (EndpointWarning warning in snapshot.Warnings)
            host.Error.WriteLine($"berth: {warning}");
        foreach (PortClash clash in snapshot.FindPortClashes())
            host.Error.WriteLine($"berth: {clash}");
    }

    private static void WriteTable(EndpointSnapshot snapshot, ProgramHost host)
    {
        bool hasHosts = snapshot.Endpoints.Any(static endpoint => endpoint.Host is not null);
        bool hasClusters = snapshot.Endpoints.Any(static endpoint => endpoint.Cluster is not null);
        List<string[]> rows = [];
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
            rows.Add(WithColumns(CellsOf(endpoint), hasClusters ? endpoint.Cluster ?? "-" : null, hasHosts ? endpoint.Host ?? "-" : null));
        string[] heading = WithColumns(s_heading, hasClusters ? "CLUSTER" : null, hasHosts ? "HOST" : null);
        foreach (string line in TextTable.Format(heading, [.. rows]))
            host.Out.WriteLine(line);
    }

    private static string[] WithColumns(string[] cells, string? cluster, string? host) =>
        [.. cluster is null ? [] : new[] { cluster }, .. cells, .. host is null ? [] : new[] { host }];

    private static string[] CellsOf(PodEndpoint endpoint) =>
    [
        endpoint.Name, endpoint.Authority, EndpointWords.Of(endpoint.State), endpoint.Node ?? "-", endpoint.Zone ?? "-",
        string.Join(',', endpoint.Ports),
    ];

    private static void WriteJson(Utf8JsonWriter writer, EndpointSnapshot snapshot)
    {
        writer.WriteStartObject();
        writer.WriteString("target", snapshot.Target.ToString());
        writer.WriteString("sourceVersion", snapshot.SourceVersion);
        writer.WriteString("observedAt", snapshot.ObservedAt);
        ClusterJson.WriteMember(writer, snapshot.Clusters, hasAge: true);
        writer.WriteStartArray("endpoints");
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
        {
            writer.WriteStartObject();
            EndpointJson.WriteMembers(writer, endpoint);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("leftOut");
        foreach (LeftOutPod pod in snapshot.LeftOut)
            EndpointJson.Write(writer, pod);

        writer.WriteEndArray();
        EndpointJson.Write(writer, snapshot.Warnings);
        writer.WriteStartArray("portClashes");
        foreach (PortClash clash in snapshot.FindPortClashes())
            EndpointJson.Write(writer, clash);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
