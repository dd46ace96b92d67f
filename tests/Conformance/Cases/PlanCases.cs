using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.Conformance.Backends;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Cases;

/// <summary>
/// The answers of an API server to the faults that <c>berth plan check</c> reports: the table of docs/plan.md. Most of them it accepts,
/// which is why the check exists. Nothing is stored: all requests are dry runs.
/// </summary>
public sealed class PlanCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task Faults_of_a_port_plan_are_accepted(string name)
    {
        await using Backend backend = await OpenAsync(name);
        (string Rule, Action<JsonObject> Change)[] faults =
        [
            ("overlap", static set => Rename(set, "match")),
            ("above-65535", static set => set["metadata"]!["annotations"] = new JsonObject { ["berth/base-port"] = "65535" }),
            ("service-missing", static set => set["spec"]!["serviceName"] = "nowhere"),
            ("declared-port", static set => ContainerOf(set)["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 3000 })),
            ("dns-policy", static set => PodOf(set)["dnsPolicy"] = "ClusterFirst"),
            ("grace", static set => PodOf(set)["terminationGracePeriodSeconds"] = 50),
            ("fixed-probe", static set => ContainerOf(set)["readinessProbe"] =
                new JsonObject { ["tcpSocket"] = new JsonObject { ["port"] = 3000 } }),
            ("name-length", static set => Rename(set, new string('b', 53))),
        ];
        foreach ((string rule, Action<JsonObject> change) in faults)
        {
            JsonNode stored = await CreateAsync(backend, change);
            Assert.True(stored["metadata"]!["uid"] is not null, $"{rule} is not accepted: {stored.ToJsonString()}");
        }

        Workload workload = new(1) { Ports = [("game", 3000)] };
        foreach (Action<JsonObject> change in (Action<JsonObject>[])
            [
                static service => service["spec"]!["publishNotReadyAddresses"] = true,
                static service => service["spec"]!["selector"] = new JsonObject { ["app"] = "others" },
                static service => service["spec"]!["ports"]![0]!["targetPort"] = "undeclared",
            ])
        {
            JsonObject service = workload.Service(workload.Name);
            change(service);
            Assert.NotNull((await backend.Api.CreateAsync($"/api/v1/namespaces/{backend.Namespace}/services?dryRun=All", service))["spec"]);
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Values_of_the_rule_field_value_are_refused(string name)
    {
        await using Backend backend = await OpenAsync(name);
        (string Field, Action<JsonObject> Change)[] faults =
        [
            ("replicas", static set => set["spec"]!["replicas"] = "3"),
            ("replicas", static set => set["spec"]!["replicas"] = -1),
            ("terminationGracePeriodSeconds", static set => PodOf(set)["terminationGracePeriodSeconds"] = "40s"),
            ("lifecycle.preStop.sleep", static set => PodOf(set)["terminationGracePeriodSeconds"] = 49),
            ("lifecycle.preStop.sleep", static set => PodOf(set)["terminationGracePeriodSeconds"] = -1),
            ("hostNetwork", static set => PodOf(set)["hostNetwork"] = "true"),
            ("containerPort", static set => ContainerOf(set)["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 70000 })),
        ];
        if (name != Local)
        {
            faults =
            [
                .. faults,
                ("value", static set => ContainerOf(set)["env"] = Variables(4000)),
                ("annotations", static set => set["metadata"]!["annotations"] = new JsonObject { ["berth/base-port"] = 4000 }),
                ("name", static set => set["metadata"]!["name"] = 7),
                ("hostPort", static set => ContainerOf(set)["ports"] =
                    new JsonArray(new JsonObject { ["containerPort"] = 3000, ["hostPort"] = 3001 })),
                ("name", static set => Rename(set, "lob.by")),
                ("serviceName", static set => set["spec"]!["serviceName"] = "Lobby"),
                ("selector", static set => set["spec"]!["selector"] =
                    new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "others" } }),
                ("nodeSelectorTerms", static set => PodOf(set)["affinity"] = Affinity("[]")),
                ("operator", static set => PodOf(set)["affinity"] = Affinity(
                    """[{"matchExpressions": [{"key": "pool", "operator": "Within", "values": ["a"]}]}]""")),
            ];
        }

        foreach ((string field, Action<JsonObject> change) in faults)
        {
            ApiRefusal refusal = await Assert.ThrowsAsync<ApiRefusal>(() => CreateAsync(backend, change));
            Assert.Contains(refusal.Code, (int[])[400, 422]);
            Assert.Contains(field, refusal.Status["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        // The message for a longer sleep says "less than", and an equal one is accepted.
        Assert.NotNull(await CreateAsync(backend, static set => PodOf(set)["terminationGracePeriodSeconds"] = 50));
    }

    /// <summary>Here the API server says something too, as a warning.</summary>
    [Theory, MemberData(nameof(Backends))]
    public async Task Values_that_are_accepted_with_a_warning(string name)
    {
        await using Backend backend = await OpenAsync(name);
        JsonNode stored = await CreateAsync(backend, static set =>
        {
            PodOf(set)["terminationGracePeriodSeconds"] = -1;
            // With a negative grace period every preStop hook that sleeps is refused.
            ContainerOf(set).AsObject().Remove("lifecycle");
        });
        Assert.NotNull(stored["metadata"]!["uid"]);
        if (name != Local)
        {
            Assert.Contains("negative values are invalid and will be treated as 1", Assert.Single(backend.Api.Warnings),
                StringComparison.Ordinal);
        }

        if (name == Local)
            return;

        // No node meets it, and no word of it.
        stored = await CreateAsync(backend, static set => PodOf(set)["affinity"] = Affinity(
            """[{"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["eight"]}]}]"""));
        Assert.NotNull(stored["metadata"]!["uid"]);
    }

    private static JsonArray Variables(JsonNode value) => new(new JsonObject { ["name"] = "BERTH_BASE_PORT", ["value"] = value });

    private static JsonNode Affinity(string terms) => JsonNode.Parse(
        """{"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": TERMS}}}"""
            .Replace("TERMS", terms, StringComparison.Ordinal))!;

    private static Task<JsonNode> CreateAsync(Backend backend, Action<JsonObject> change)
    {
        JsonObject set = new Workload(3).StatefulSet();
        PodOf(set)["hostNetwork"] = true;
        change(set);
        return backend.Api.CreateAsync($"/apis/apps/v1/namespaces/{backend.Namespace}/statefulsets?dryRun=All", set);
    }

    private static JsonNode PodOf(JsonObject set) => set["spec"]!["template"]!["spec"]!;

    private static JsonNode ContainerOf(JsonObject set) => PodOf(set)["containers"]![0]!;

    private static void Rename(JsonObject set, string name) => set["metadata"]!["name"] = name;
}
