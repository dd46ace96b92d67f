using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// Assigns the node ports of one Service. Two Services never share a number, even with different protocols. Inside one Service, ports of
/// different protocols may share a number, and they do if they have the same port.
/// </summary>
internal sealed class NodePorts
{
    private const int First = 30000;
    private const int Last = 32767;
    private const string Allocated = "provided port is already allocated";
    private readonly JsonObject _service;
    private readonly JsonObject? _before;

    /// <summary>The ports of other Services.</summary>
    private readonly HashSet<long> _taken;

    /// <summary>The node ports of this Service, each with the first port that got it.</summary>
    private readonly Dictionary<long, long> _own = [];

    public NodePorts(ObjectStore store, JsonObject service, JsonObject? before)
    {
        _service = service;
        _before = before;
        _taken = [.. store.List(KindTable.Service)
            .Where(other => other.Uid != service.Text("metadata", "uid"))
            .SelectMany(other => other.Body.Items("spec", "ports").Select(port => port.Number("nodePort"))
                .Append(other.Body.Number("spec", "healthCheckNodePort")))
            .OfType<long>()];
    }

    /// <summary>
    /// Assigns a number to each port: the requested one, the former one, that of another port of the same number, or a free one.
    /// </summary>
    /// <param name="forAll">False to assign only requested numbers.</param>
    /// <exception cref="ApiException">422: a number is taken, or out of range.</exception>
    public void Assign(bool forAll)
    {
        JsonObject[] ports = [.. _service.Items("spec", "ports")];
        foreach ((int index, JsonObject port) in ports.Index())
        {
            long number = port.Number("port") ?? 0;
            long? asked = NumberOf(port) ?? NumberOf(Former(port));
            long? shared = _before is null
                ? ports.Where(other => other.Number("port") == number).Select(NumberOf).FirstOrDefault(given => given is not null)
                : null;
            if ((asked ?? shared) is { } wanted && Fault(wanted, number) is { } why)
                throw Refused($"spec.ports[{index}].nodePort", wanted, why);
            if (forAll || asked is not null)
                port["nodePort"] = Take(asked ?? shared ?? Free(), number);
        }
    }

    /// <summary>Assigns the port for health checks of load balancers, when the policy of a Service needs one.</summary>
    /// <exception cref="ApiException">500: the number is taken or out of range. A real server answers so.</exception>
    public void AssignHealthCheck()
    {
        JsonObject spec = _service.Child("spec");
        long? former = NumberOf(_before?["spec"], "healthCheckNodePort");
        if (!NeedsHealthCheck(spec))
        {
            if (former is not null && former == NumberOf(spec, "healthCheckNodePort"))
                spec.Remove("healthCheckNodePort");
            return;
        }

        long? asked = NumberOf(spec, "healthCheckNodePort") ?? former;
        if (asked is { } wanted && (Fault(wanted, -1) ?? (_own.ContainsKey(wanted) ? Allocated : null)) is { } why)
        {
            throw new ApiException(
                500,
                "InternalError",
                $"Internal error occurred: failed to allocate requested HealthCheck NodePort {wanted}: {why}");
        }

        spec["healthCheckNodePort"] = asked ?? Free();
    }

    private static bool NeedsHealthCheck(JsonNode? spec) =>
        spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    private static long? NumberOf(JsonNode? port) => NumberOf(port, "nodePort");

    private static long? NumberOf(JsonNode? node, string field) => node.Number(field) is { } number and not 0 ? number : null;

    /// <summary>Finds the former state of a port, whose node port it keeps.</summary>
    private JsonObject? Former(JsonObject port)
    {
        string protocol = port.Text("protocol") ?? "TCP";
        return _before.Items("spec", "ports")
            .FirstOrDefault(old => old.Number("port") == port.Number("port") && old.Text("protocol") == protocol);
    }

    private string? Fault(long wanted, long port)
    {
        if (wanted is < First or > Last)
            return $"provided port is not in the valid range. The range of valid ports is {First}-{Last}";

        // In a new Service only ports of the same number may share a node port. In a changed Service any ports may.
        bool isOfAnother = _before is null && _own.TryGetValue(wanted, out long owner) && owner != port;
        return _taken.Contains(wanted) || isOfAnother ? Allocated : null;
    }

    private long Take(long number, long port)
    {
        _own.TryAdd(number, port);
        return number;
    }

    private long Free() => Enumerable.Range(First, Last - First + 1)
        .Select(static number => (long)number)
        .Where(number => !_taken.Contains(number) && !_own.ContainsKey(number))
        .Cast<long?>()
        .FirstOrDefault()
        ?? throw new ApiException(
            500, "InternalError", "Internal error occurred: failed to allocate a nodePort: range is full");

    private ApiException Refused(string field, long number, string why) => ApiException.Invalid(
        KindTable.Service,
        _service.Text("metadata", "name") ?? "",
        (field, $"Invalid value: {number}: {why}", "FieldValueInvalid"));
}
