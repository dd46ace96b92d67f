using System.Globalization;
using System.Text.Json;
using Berth.Cli.Options;
using Berth.Snapshots;
using Berth.Writing;

namespace Berth.Cli.Output;

/// <summary>Formats one change of a pod as one line.</summary>
internal static class ChangeOutput
{
    public static string ToLine(PodChange change, long version, DateTimeOffset at, OutputFormat format) =>
        format == OutputFormat.Json
            ? JsonText.Write(writer => WriteJson(writer, change, version, at), indented: false)
            : ToText(change, at);

    private static string ToText(PodChange change, DateTimeOffset at)
    {
        PodEndpoint pod = (change.After ?? change.Before)!;
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff}  {EndpointWords.Of(change.Kind),-9}  {NameOf(pod)}  {pod.Authority}");
        return change.After is null ? line : $"{line}  {EndpointWords.Of(pod.State)}  {pod.Node ?? "-"}";
    }

    private static string NameOf(PodEndpoint pod) => pod.Cluster is null ? pod.Name : $"{pod.Cluster}/{pod.Name}";

    private static void WriteJson(Utf8JsonWriter writer, PodChange change, long version, DateTimeOffset at)
    {
        writer.WriteStartObject();
        writer.WriteString("time", at);
        writer.WriteString("change", EndpointWords.Of(change.Kind));
        writer.WriteNumber("version", version);
        EndpointJson.WriteMembers(writer, (change.After ?? change.Before)!);
        writer.WriteEndObject();
    }
}
