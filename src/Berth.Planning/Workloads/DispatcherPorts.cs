using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>The ports that dispatchers of the input state for their targets.</summary>
internal static class DispatcherPorts
{
    public static IEnumerable<(string Target, PortStatement Statement)> Find(IEnumerable<Workload> workloads, ObjectIndex index) =>
        from workload in workloads
        from container in workload.Containers
        where container.Runs("dispatch")
        let ports = new ContainerPorts(workload.Object, container)
        from target in container.Settings("target").SelectMany(static setting => setting.Value.Split(','))
        let statement = ports.Read(PortOrigin.Dispatcher, $"{workload.Subject}, ", out _) ?? Named(workload, container, target, index)
        where statement is not null
        select (target.Trim(), statement);

    /// <summary>The Services of the input that its dispatchers follow.</summary>
    public static IEnumerable<PlanObject> FindServices(IEnumerable<Workload> workloads, ObjectIndex index) =>
        workloads.SelectMany(static workload => workload.Containers).Where(static container => container.Runs("dispatch"))
            .SelectMany(static container => container.Settings("target")).SelectMany(static setting => setting.Value.Split(','))
            .Select(static target => target.Trim().Split('/'))
            .Select(parts => parts is [var @namespace, var name] ? index.FindService(@namespace, name) : null).OfType<PlanObject>();

    /// <summary>The port of the target's Service that <c>--port-name</c> names.</summary>
    private static PortStatement? Named(Workload workload, Container container, string target, ObjectIndex index)
    {
        if (container.Setting("port-name") is not { } named || target.Trim().Split('/') is not [var @namespace, var name])
            return null;
        JsonObject? port = index.FindService(@namespace, name)?.Body.Items("spec", "ports")
            .FirstOrDefault(each => each.Text("name") == named.Value);
        int stride = int.TryParse(container.Setting("stride")?.Value, CultureInfo.InvariantCulture, out int given) ? given : 1;
        return ServicePorts.Read(port, stride) is { } stated
            ? new PortStatement([stated], $"{named.Source}", workload.Object.At(named.Node), PortOrigin.Dispatcher)
            : null;
    }
}
