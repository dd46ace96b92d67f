using System.Text.Json.Nodes;

namespace Berth.Conformance.Workloads;

/// <summary>A StatefulSet and its headless Service, as a test needs them.</summary>
/// <param name="Replicas">Number of pods.</param>
internal sealed record Workload(int Replicas)
{
    public const string Image = "registry.k8s.io/pause:3.10";

    /// <summary>Name of the StatefulSet and of its Service.</summary>
    public string Name { get; init; } = "service-b";

    /// <summary>The ordinal of the first pod (spec.ordinals.start).</summary>
    public int FirstOrdinal { get; init; }

    /// <summary>The Service's ports.</summary>
    public IReadOnlyList<(string Name, int Number)> Ports { get; init; } = [("echo", 3000)];

    /// <summary>Another Service over the same pods, which the StatefulSet does not name.</summary>
    public string? SecondService { get; init; }

    /// <summary>The Services of the workload.</summary>
    public IEnumerable<string> Services => SecondService is null ? [Name] : [Name, SecondService];

    /// <summary>The pods' names, in order.</summary>
    public IEnumerable<string> Pods => Enumerable.Range(FirstOrdinal, Replicas).Select(ordinal => $"{Name}-{ordinal}");

    public JsonObject Service(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = Labels },
        ["spec"] = new JsonObject
        {
            ["clusterIP"] = "None",
            ["selector"] = Labels,
            ["ports"] = new JsonArray([.. Ports.Select(port => new JsonObject { ["name"] = port.Name, ["port"] = port.Number })]),
        },
    };

    public JsonObject StatefulSet()
    {
        JsonObject spec = new()
        {
            ["serviceName"] = Name,
            ["replicas"] = Replicas,
            ["podManagementPolicy"] = "Parallel",
            ["selector"] = new JsonObject { ["matchLabels"] = Labels },
            ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Labels }, ["spec"] = PodSpec() },
        };
        if (FirstOrdinal > 0)
        {
            spec["ordinals"] = new JsonObject { ["start"] = FirstOrdinal };
        }

        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "StatefulSet",
            ["metadata"] = new JsonObject { ["name"] = Name, ["labels"] = Labels },
            ["spec"] = spec,
        };
    }

    /// <summary>One container that does nothing and ends slowly, so that its deletion can be observed.</summary>
    public static JsonObject PodSpec() => new()
    {
        ["terminationGracePeriodSeconds"] = 60,
        ["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = "pause",
            ["image"] = Image,
            ["lifecycle"] = new JsonObject { ["preStop"] = new JsonObject { ["sleep"] = new JsonObject { ["seconds"] = 50 } } },
        }),
    };

    private JsonObject Labels => new() { ["app"] = Name };
}
