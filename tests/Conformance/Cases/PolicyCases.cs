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

        // The server compiles a policy some moments after it is created.
        await Wait.UntilAsync(
            () => RefusalAsync(
                backend, static set => ContainerOf(set)["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 3000 })),
            static refusal => refusal?.Contains("declares ports on the host network", StringComparison.Ordinal) == true, backend.Patience,
            "Declared ports are refused", Token);
        await Wait.UntilAsync(
            () => RefusalAsync(backend, static set => Annotate(set, "65534")), static refusal => refusal is not null, backend.Patience,
            "A range above 65535 is refused", Token);
        await Wait.UntilAsync(
            () => RefusalAsync(backend, static set => ((JsonObject)set["spec"]!).Remove("serviceName")),
            static refusal => refusal is not null, backend.Patience, "A missing serviceName is refused", Token);
        Assert.Null(await RefusalAsync(backend, static set => Annotate(set, "3000")));
        Assert.Null(await RefusalAsync(backend, static set =>
        {
            Annotate(set, "65534");
            ((JsonObject)set["metadata"]!["labels"]!).Remove("berth/server");
        }));
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
        catch (ApiRefusal refusal) when (refusal.Code == 404)
        {
            // MutatingAdmissionPolicy of admissionregistration.k8s.io/v1 is there from 1.36 on.
            string message = refusal.Status["message"]!.GetValue<string>();
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
            () => CreateAsync(backend, static _ => { }),
            static set => PodOf(set)["dnsPolicy"]!.GetValue<string>() == "ClusterFirstWithHostNet", backend.Patience, "dnsPolicy is added",
            Token);
        Assert.Contains(
            ContainerOf(stored)["env"]!.AsArray(), static variable => variable!["name"]!.GetValue<string>() == "POD_NAME");
    }

    private static async Task AssertStoredOnlyAsync(Backend backend)
    {
        JsonNode stored = await backend.Api.GetAsync($"{Admission}/validatingadmissionpolicies");
        Assert.Equal(3, stored["items"]!.AsArray().Count);
        Assert.Null(await RefusalAsync(
            backend, static set => ContainerOf(set)["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 3000 })));
    }

    private static async Task<string?> RefusalAsync(Backend backend, Action<JsonObject> change)
    {
        try
        {
            await CreateAsync(backend, change);
            return null;
        }
        catch (ApiRefusal refusal)
        {
            return refusal.Status["message"]!.GetValue<string>();
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
                await backend.Api.CreateAsync($"/apis/{policy["apiVersion"]}/{plural}", policy);
            }
        }
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

    private static JsonNode PodOf(JsonNode set) => set["spec"]!["template"]!["spec"]!;

    private static JsonNode ContainerOf(JsonNode set) => PodOf(set)["containers"]![0]!;
}
