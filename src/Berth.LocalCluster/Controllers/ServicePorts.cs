using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Resolves a Service's ports for one pod. A named target port is looked up in its containers, and left out when they do not have it.
/// </summary>
internal static class ServicePorts
{
    public static JsonArray Of(JsonObject service, JsonObject pod) => new(
    [
        .. from port in service.Items("spec", "ports")
           let number = port.Text("targetPort") is { } name ? NumberOf(pod, name, port.Text("protocol")) : port.Number("targetPort")
           where number is not null
           select JsonWriting.Fields(
               ("name", port.Text("name") ?? ""),
               ("protocol", port.Text("protocol")),
               ("port", number),
               ("appProtocol", port.Text("appProtocol"))),
    ]);

    private static long? NumberOf(JsonObject pod, string name, string? protocol) => pod
        .Items("spec", "containers")
        .SelectMany(container => container.Items("ports"))
        .FirstOrDefault(port => port.Text("name") == name && port.Text("protocol") == protocol).Number("containerPort");
}
