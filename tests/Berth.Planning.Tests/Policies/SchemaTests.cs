using System.Text.Json.Nodes;
using Berth.Manifests;

namespace Berth.Planning.Policies;

/// <summary>
/// The fields of the policies are those of admissionregistration.k8s.io/v1
/// (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/).
/// </summary>
public sealed class SchemaTests
{
    private static readonly string[] s_match =
        ["resourceRules", "excludeResourceRules", "namespaceSelector", "objectSelector", "matchPolicy"];

    private static readonly Dictionary<string, string[]> s_fields = new(StringComparer.Ordinal)
    {
        ["ValidatingAdmissionPolicy"] =
        [
            "paramKind", "matchConstraints", "validations", "failurePolicy", "auditAnnotations", "matchConditions", "variables",
        ],
        ["ValidatingAdmissionPolicyBinding"] = ["policyName", "paramRef", "matchResources", "validationActions"],
        ["MutatingAdmissionPolicy"] =
        [
            "paramKind", "matchConstraints", "variables", "mutations", "failurePolicy", "matchConditions", "reinvocationPolicy",
        ],
        ["MutatingAdmissionPolicyBinding"] = ["policyName", "paramRef", "matchResources"],
        ["validations"] = ["expression", "message", "messageExpression", "reason"],
        ["matchConditions"] = ["name", "expression"],
        ["variables"] = ["name", "expression"],
        ["mutations"] = ["patchType", "applyConfiguration", "jsonPatch"],
        ["resourceRules"] = ["apiGroups", "apiVersions", "operations", "resources", "resourceNames", "scope"],
    };

    [Fact]
    public void Every_field_is_one_of_the_API()
    {
        Assert.NotEmpty(PolicyFiles.All);
        foreach (JsonObject each in PolicyFiles.All)
        {
            string kind = each.Text("kind")!;
            JsonNode spec = each["spec"]!;
            Assert.Equal("admissionregistration.k8s.io/v1", each.Text("apiVersion"));
            AssertFields(each, kind, spec);
            foreach (string list in s_fields.Keys.Where(static key => char.IsLower(key[0])))
            {
                foreach (JsonObject item in spec.Items(list))
                    AssertFields(each, list, item);
            }

            foreach (string match in (string[])["matchConstraints", "matchResources"])
            {
                Assert.Empty((spec[match] as JsonObject ?? []).Select(static field => field.Key).Except(s_match));
                foreach (JsonObject rule in spec.Items(match, "resourceRules"))
                    AssertFields(each, "resourceRules", rule);
            }

            Assert.DoesNotContain(spec.Items("validations"), static item => item.Text("reason") is not ("Invalid" or "Forbidden"));
        }
    }

    [Fact]
    public void Every_policy_has_a_binding_and_every_binding_a_policy()
    {
        string[] policies = [.. OfKind("AdmissionPolicy").Select(static each => each.Text("metadata", "name")!)];
        Assert.Equal(policies, OfKind("AdmissionPolicyBinding").Select(static each => each.Text("spec", "policyName")!));
        Assert.Equal(6, policies.Length);
    }

    [Fact]
    public void Kustomization_has_what_needs_no_newer_Kubernetes()
    {
        JsonNode kustomization = PolicyFiles.Object(
            "apiVersion: v1\nkind: K\n" + File.ReadAllText(Path.Combine(PolicyFiles.Folder, "kustomization.yaml")));
        Assert.Equal(
            Directory.EnumerateFiles(PolicyFiles.Folder).Select(static file => Path.GetFileName(file)!)
                .Except(["kustomization.yaml", "defaults.yaml"]).Order(StringComparer.Ordinal),
            kustomization.Texts("resources").Order(StringComparer.Ordinal));
    }

    private static IEnumerable<JsonObject> OfKind(string end) =>
        PolicyFiles.All.Where(each => each.Text("kind")!.EndsWith(end, StringComparison.Ordinal));

    private static void AssertFields(JsonObject of, string kind, JsonNode fields) => Assert.True(
        !fields.AsObject().Select(static field => field.Key).Except(s_fields[kind]).Any(),
        $"{of.Text("metadata", "name")}: {kind} has a field that the API has not: {fields.ToJsonString()}");
}
