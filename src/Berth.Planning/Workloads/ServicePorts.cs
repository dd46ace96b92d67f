namespace Berth.Planning.Workloads;

/// <summary>The bases that a Service's ports state.</summary>
internal static class ServicePorts
{
    /// <summary>Reads one port: its targetPort when that is a number, its port when there is no targetPort, else null.</summary>
    public static StatedPort? Read(JsonObject? port, int stride)
    {
        long? number = port?["targetPort"] is null ? port.Number("port") : port.Number("targetPort");
        return number is >= 1 and <= 65535
            ? new StatedPort(port.Text("name") ?? "", (int)number, port.Text("protocol") ?? "TCP", stride)
            : null;
    }
}
