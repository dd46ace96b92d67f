using System.Net;
using Berth.Planning.Objects;
using Berth.Planning.Ranges;
using Berth.Ports;

namespace Berth.Planning.Workloads;

/// <summary>Finds the statement about a workload's ports that counts, and derives claims from it.</summary>
internal sealed class StatementFinder(
    ObjectIndex index, IReadOnlyDictionary<string, string> stated, ILookup<string, PortStatement> dispatchers, List<PlanFault> faults)
{
    private const int DispatcherPort = 8000;

    public void Apply(Workload workload)
    {
        PortStatement[] all = workload.OnHostNetwork ? [.. FindAll(workload)] : [];
        workload.Statement = all.FirstOrDefault() ?? Declared(workload);
        workload.OtherStatements = [.. all.Skip(1).Where(static other => other.Origin != PortOrigin.Service)];
        List<PortSpan> spans = [];
        foreach (StatedPort port in workload.Statement?.Ports ?? [])
            spans.Add(SpanOf(workload, port));

        // Declared ports are claimed on the node too, in addition to any other statement.
        foreach (StatedPort port in Declared(workload)?.Ports ?? [])
        {
            if (!spans.Any(span => span.Contains(port.Number) && (span.Protocol ?? port.Protocol) == port.Protocol))
                spans.Add(new PortSpan(port.Name, port.Number, 0, workload.Pods, port.Protocol, port.HostIP));
        }

        workload.Spans = spans;
    }

    private static PortSpan SpanOf(Workload workload, StatedPort port)
    {
        if (port.Stride == 0)
            return new PortSpan(port.Name, port.Number, 0, workload.Pods, port.Protocol, port.HostIP);
        if (workload.IsSet)
        {
            return new PortSpan(
                port.Name, PortRange.Compute(port.Number, workload.Start, port.Stride), port.Stride, workload.Pods, port.Protocol);
        }

        int ordinal = workload.Object.Kind == "Pod" && PodOrdinal.TryParse(workload.Object.Name, out int own, out _) ? own : 0;
        return new PortSpan(port.Name, PortRange.Compute(port.Number, ordinal, port.Stride), 0, workload.Pods, port.Protocol);
    }

    private IEnumerable<PortStatement> FindAll(Workload workload)
    {
        PlanObject each = workload.Object;
        if (stated.TryGetValue(each.Path, out string? option) && ReadOption(option) is { } ports)
            yield return new PortStatement(ports, $"--ports {each.Path}", each.Location, PortOrigin.Option);
        if (ReadAnnotations(workload) is { } annotated)
            yield return annotated;
        if (ReadContainers(workload) is { } own)
            yield return own;
        if (!workload.IsSet)
            yield break;
        string? service = each.Body.Text("spec", "serviceName");
        foreach (PortStatement said in dispatchers[$"{each.Namespace}/{service}"])
            yield return said;
        if (service is not null && index.FindService(each.Namespace, service) is { } headless)
        {
            StatedPort[] bases =
            [
                .. headless.Body.Items("spec", "ports").Select(static port => ServicePorts.Read(port, 1)).OfType<StatedPort>(),
            ];
            if (bases.Length > 0)
                yield return new PortStatement(bases, headless.Subject, headless.At("spec", "ports"), PortOrigin.Service);
        }
    }

    private static IReadOnlyList<StatedPort>? ReadOption(string text)
    {
        string[] parts = text.Split('@', 2);
        int stride = parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int given) ? given : 1;
        return PortStatement.Parse(parts[0], stride, out _);
    }

    private PortStatement? ReadAnnotations(Workload workload)
    {
        foreach (JsonNode? annotations in (JsonNode?[])[workload.Object.Body.At("metadata", "annotations"), workload.Annotations])
        {
            bool isFixed = annotations.At("berth/base-port") is null;
            string key = isFixed ? "berth/fixed-port" : "berth/base-port";
            if (annotations.At(key) is not { } node)
                continue;
            string source = $"annotation {key}";
            PlanLocation location = workload.Object.At(node);
            int stride = 0;
            if (!isFixed && !int.TryParse(annotations.At("berth/stride")?.Plain() ?? "1", CultureInfo.InvariantCulture, out stride))
                AddFault(workload, source, location, $"berth/stride is '{annotations.At("berth/stride").Plain()}', which is no number.");
            else if (PortStatement.Parse(node.Plain(), stride, out string? sentence) is { } ports)
                return new PortStatement(ports, source, location, PortOrigin.Annotation);
            else
                AddFault(workload, source, location, sentence!);
        }

        return null;
    }

    private PortStatement? ReadContainers(Workload workload)
    {
        List<PortStatement> found = [];
        foreach (Container container in workload.Containers)
        {
            // The base port of a dispatcher is that of its targets.
            if (container.Runs("dispatch"))
            {
                found.Add(ReadUrls(workload, container));
                continue;
            }

            if (new ContainerPorts(workload.Object, container).Read(PortOrigin.Container, "", out PlanFault? fault) is { } own)
                found.Add(own);
            else if (fault is not null)
                faults.Add(fault);
        }

        // A server and its sidecar may read the same variables.
        return found.Count == 0 ? null : found[0] with { Ports = [.. found.SelectMany(static each => each.Ports).Distinct()] };
    }

    private static PortStatement ReadUrls(Workload workload, Container container)
    {
        int[] ports =
        [
            .. container.Settings("urls").SelectMany(static urls => urls.Value.Split(';'))
                .Select(static url => url.Split(':')[^1].TrimEnd('/'))
                .Select(static text => int.TryParse(text, CultureInfo.InvariantCulture, out int port) ? port : DispatcherPort),
        ];
        return new PortStatement(
            [.. ports.DefaultIfEmpty(DispatcherPort).Distinct().Select(static port => new StatedPort("", port, "TCP", 0))],
            $"--urls of container {container.Name}", workload.Object.At(container.Body), PortOrigin.Container);
    }

    /// <summary>Declared ports: on the host network each containerPort is a hostPort; otherwise only a declared hostPort counts.</summary>
    private static PortStatement? Declared(Workload workload)
    {
        StatedPort[] ports =
        [
            .. workload.Containers.SelectMany(static container => container.Body.Items("ports"))
                .Select(port => (
                    Port: port, Number: port.Number("hostPort") ?? (workload.OnHostNetwork ? port.Number("containerPort") : null)))
                .Where(static port => port.Number is >= 1 and <= 65535)
                .Select(static port => new StatedPort(
                    port.Port.Text("name") ?? "", (int)port.Number!, port.Port.Text("protocol") ?? "TCP", 0, HostIPOf(port.Port))),
        ];
        return ports.Length == 0
            ? null
            : new PortStatement(ports, "declared ports", workload.Object.Location, PortOrigin.Declared);
    }

    /// <summary>
    /// Reads the address of a port. No address and <c>0.0.0.0</c> mean all addresses for the scheduler. A program that listens on
    /// <c>::</c> gets all of them too.
    /// </summary>
    private static string? HostIPOf(JsonObject port) =>
        IPAddress.TryParse(port.Text("hostIP"), out IPAddress? address) && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
            ? address.ToString()
            : null;

    private void AddFault(Workload workload, string source, PlanLocation location, string sentence) => faults.Add(new PlanFault(
        PlanRule.PortValue, PlanLevel.Error, workload.Subject, location, $"{source}: {sentence}",
        "The plan cannot count the ports of this workload.", "Correct the value."));
}
