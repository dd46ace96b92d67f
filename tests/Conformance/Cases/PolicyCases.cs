using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.Conformance.Backends;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;
using Berth.TestKit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Conformance.Cases;

/// <summary>
/// The admission policies of deploy/policies on a real API server. They are objects of the whole cluster, so only a server of the test's
/// own gets them. The local cluster stores them, and does not enforce them.
/// </summary>
public sealed class PolicyCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    private const string Admission = "/apis/admissionregistration.k8s.io/v1";

    /// <summary>The servers that are the test's own.</summary>
    public static TheoryData<string> Own { get; } =
        [.. Configured(Environment.GetEnvironmentVariable).Where(static name => name is Local or Server)];

    [Theory]
    [MemberData(nameof(Own))]
    public async Task Policies_refuse_what_the_plan_reports(string server)
    {
        await using Backend backend = await OpenAsync(server, Needs.OwnServer);
        await ApplyAsync(backend, "declared-ports.yaml", "port-range.yaml", "service-name.yaml");
        if (server == Local)
        {
            await AssertStoredOnlyAsync(backend);
            return;
        }

        (string Sentence, Action<JsonObject> Change)[] refused =
        [
            ("A container declares ports on the host network", static set => Declare(set)),
            ("The port of ordinal 2 would be above 65535 (annotation berth/base-port).", static set => Annotate(set, "65534")),
            ("The port of ordinal 2 would be above 65535", static set => Annotate(set, "game=4000,admin=65534/TCP")),
            ("The annotation berth/base-port is not of the form 4000", static set => Annotate(set, "many")),
            ("BERTH_BASE_PORT of a container is no port", static set => SetBasePort(set, "65534")),
            ("BERTH_BASE_PORT of a container is no port", static set => SetBasePort(set, "game")),
            ("serviceName is not set. Create a headless Service", static set => ((JsonObject)set["spec"]!).Remove("serviceName")),
        ];
        foreach ((string sentence, Action<JsonObject> change) in refused)
        {
            // The server compiles a policy some moments after it is created.
            await Wait.UntilAsync(
                () => RefusalAsync(backend, change),
                refusal => refusal?.Contains(sentence, StringComparison.Ordinal) == true, backend.Patience, $"Refused: {sentence}", Token);
        }

        Action<JsonObject>[] allowed =
        [
            static set => Annotate(set, "65533"),
            static set => SetBasePort(set, "game=4000, admin=65533/TCP"),
            static set =>
            {
                Declare(set);
                PodOf(set)["hostNetwork"] = false;
            },
            static set =>
            {
                Declare(set);
                Annotate(set, "65534");
                ((JsonObject)set["spec"]!).Remove("serviceName");
                ((JsonObject)set["metadata"]!["labels"]!).Remove("berth/server");
            },
        ];
        foreach (Action<JsonObject> change in allowed)
        {
            Assert.Null(await RefusalAsync(backend, change));
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public async Task Scale_below_the_seats_is_refused(string server)
    {
        await using Backend backend = await OpenAsync(server, Needs.OwnServer);
        await ApplyAsync(backend, "seats.yaml");
        Workload workload = new(5);
        string sets = $"/apis/apps/v1/namespaces/{backend.Namespace}/statefulsets";
        await backend.Api.CreateAsync(sets, workload.StatefulSet());
        Task<string?> ScaleAsync(int replicas, string subresource) => RefusalAsync(() => backend.Api.MergeAsync(
            $"{sets}/{workload.Name}{subresource}?dryRun=All",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }));

        Assert.Null(await ScaleAsync(2, "/scale"));
        await backend.Api.CreateAsync($"/api/v1/namespaces/{backend.Namespace}/configmaps", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "berth-at-least" },
            ["data"] = new JsonObject { [workload.Name] = "4" },
        });
        foreach (string subresource in (string[])["/scale", ""])
        {
            if (server != Local)
            {
                await Wait.UntilAsync(
                    () => ScaleAsync(3, subresource),
                    static refusal => refusal?.Contains(
                        "service-b is not scaled to 3 replicas: clients have seats up to pod number 4.", StringComparison.Ordinal) == true,
                    backend.Patience, "A scale below the seats is refused", Token);
            }

            Assert.Null(await ScaleAsync(4, subresource));
            Assert.Null(await ScaleAsync(9, subresource));
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public async Task Defaults_are_added_where_the_server_has_mutating_policies(string server)
    {
        await using Backend backend = await OpenAsync(server, Needs.OwnServer);
        try
        {
            await ApplyAsync(backend, "defaults.yaml");
        }
        catch (ApiRefusal exception) when (exception.Code == 404)
        {
            // MutatingAdmissionPolicy of admissionregistration.k8s.io/v1 is there from 1.36 on.
            string message = exception.Status["message"]!.GetValue<string>();
            Assert.Contains("could not find the requested resource", message, StringComparison.Ordinal);
            return;
        }

        if (server == Local)
        {
            JsonNode untouched = await CreateAsync(backend, static _ => { });
            Assert.Equal("ClusterFirst", PodOf(untouched)["dnsPolicy"]!.GetValue<string>());
            return;
        }

        JsonNode stored = await Wait.UntilAsync(
            () => CreateAsync(backend, AddContainers),
            static set => PodOf(set)["dnsPolicy"]!.GetValue<string>() == "ClusterFirstWithHostNet"
                && ContainerOf(set)["readinessProbe"] is not null,
            backend.Patience, "The defaults are added", Token);
        Assert.Equal(
            [
                "POD_NAME=metadata.name POD_NAMESPACE=metadata.namespace",
                "POD_NAME=metadata.name POD_NAMESPACE=metadata.namespace A=$(POD_NAME)",
                "POD_NAMESPACE=metadata.namespace POD_NAME=mine",
            ],
            PodOf(stored)["containers"]!.AsArray().Select(static container => string.Join(' ', container!["env"]!.AsArray().Select(
                static variable => $"{variable!["name"]}={variable["value"] ?? variable["valueFrom"]!["fieldRef"]!["fieldPath"]}"))));
        Assert.Equal("""["/berth","probe"]""", ContainerOf(stored)["readinessProbe"]!["exec"]!["command"]!.ToJsonString());
        Assert.All(PodOf(stored)["containers"]!.AsArray().Skip(1), static container => Assert.Null(container!["readinessProbe"]));

        // Nothing is replaced, and an object that has everything is not changed.
        JsonNode own = await CreateAsync(backend, static set =>
        {
            PodOf(set)["dnsPolicy"] = "Default";
            ContainerOf(set)["readinessProbe"] = new JsonObject { ["tcpSocket"] = new JsonObject { ["port"] = 1 } };
        });
        Assert.Equal("Default", PodOf(own)["dnsPolicy"]!.GetValue<string>());
        Assert.Equal(1, ContainerOf(own)["readinessProbe"]!["tcpSocket"]!["port"]!.GetValue<int>());
        JsonNode again = await CreateAsync(backend, set => set["spec"]!["template"] = stored["spec"]!["template"]!.DeepClone());
        Assert.True(JsonNode.DeepEquals(stored["spec"], again["spec"]), again.ToJsonString());
    }

    private static void AddContainers(JsonObject set)
    {
        set["metadata"]!["labels"]!["berth/probe"] = "true";
        JsonArray containers = PodOf(set)["containers"]!.AsArray();
        containers.Add(JsonNode.Parse("""{"name": "refers", "image": "x", "env": [{"name": "A", "value": "$(POD_NAME)"}]}"""));
        containers.Add(JsonNode.Parse("""{"name": "own", "image": "x", "env": [{"name": "POD_NAME", "value": "mine"}]}"""));
    }

    private static async Task AssertStoredOnlyAsync(Backend backend)
    {
        JsonNode stored = await backend.Api.GetAsync($"{Admission}/validatingadmissionpolicies");
        Assert.Equal(3, stored["items"]!.AsArray().Count);
        Assert.Null(await RefusalAsync(backend, Declare));
    }

    private static Task<string?> RefusalAsync(Backend backend, Action<JsonObject> change) =>
        RefusalAsync(() => CreateAsync(backend, change));

    private static async Task<string?> RefusalAsync(Func<Task<JsonNode>> request)
    {
        try
        {
            await request();
            return null;
        }
        catch (ApiRefusal exception)
        {
            return exception.Status["message"]!.GetValue<string>();
        }
    }

    private static Task<JsonNode> CreateAsync(Backend backend, Action<JsonObject> change)
    {
        JsonObject set = new Workload(3).StatefulSet();
        PodOf(set)["hostNetwork"] = true;
        set["metadata"]!["labels"]!["berth/server"] = "true";
        change(set);
        return backend.Api.CreateAsync($"/apis/apps/v1/namespaces/{backend.Namespace}/statefulsets?dryRun=All", set);
    }

    private static async Task ApplyAsync(Backend backend, params string[] files)
    {
        foreach (string file in files)
        {
            YamlStream stream = [];
            using StreamReader reader = File.OpenText(Path.Combine(Checkout.Root, "deploy", "policies", file));
            stream.Load(reader);
            foreach (YamlDocument document in stream.Documents)
            {
                JsonObject policy = (JsonObject)Convert(document.RootNode)!;
                string kind = policy["kind"]!.GetValue<string>().ToLowerInvariant();
                string plural = kind.EndsWith('y') ? kind[..^1] + "ies" : kind + "s";
                await backend.Api.CreateAsync($"/apis/{policy["apiVersion"]}/{plural}?fieldValidation=Strict", policy);
            }
        }

        Assert.Empty(backend.Api.Warnings);
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } truth => JsonValue.Create(truth.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } plain
            when long.TryParse(plain.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    private static void Annotate(JsonObject set, string basePort) =>
        set["metadata"]!["annotations"] = new JsonObject { ["berth/base-port"] = basePort };

    private static void Declare(JsonObject set) =>
        ContainerOf(set)["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 3000 });

    private static void SetBasePort(JsonObject set, string value) =>
        ContainerOf(set)["env"] = new JsonArray(new JsonObject { ["name"] = "BERTH_BASE_PORT", ["value"] = value });

    private static JsonNode PodOf(JsonNode set) => set["spec"]!["template"]!["spec"]!;

    private static JsonNode ContainerOf(JsonNode set) => PodOf(set)["containers"]![0]!;
}
