namespace Berth.LocalCluster.Controllers;

/// <summary>A Service's ports as one pod has them: a named target port is looked up in its containers; one it lacks is left out.</summary>
internal static class ServicePorts
{
    public static JsonArray Of(JsonObject service, JsonObject pod)
    {
        var ports = new JsonArray();
        foreach (JsonObject port in service.Items("spec", "ports"))
        {
            long? number = port.Number("targetPort");
            if (port.Text("targetPort") is { } name)
            {
                number = pod.Items("spec", "containers").SelectMany(container => container.Items("ports"))
                    .FirstOrDefault(candidate => candidate.Text("name") == name && candidate.Text("protocol") == port.Text("protocol")).Number("containerPort");
            }

            if (number is null)
                continue;
            var entry = new JsonObject { ["name"] = port.Text("name") ?? "", ["protocol"] = port.Text("protocol"), ["port"] = number };
            if (port.Text("appProtocol") is { } protocol)
                entry["appProtocol"] = protocol;
            ports.Add((JsonNode)entry);
        }

        return ports;
    }
}
