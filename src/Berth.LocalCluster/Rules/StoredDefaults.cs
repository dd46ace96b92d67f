using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Rules;

/// <summary>The default values of kinds that are only stored, where they depend on other fields.</summary>
internal static class StoredDefaults
{
    private static readonly JsonObject s_metric = (JsonObject)JsonNode.Parse(
        """{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}""")!;

    public static void Fill(string type, JsonObject body)
    {
        switch (type)
        {
            case "NetworkPolicySpec" when body["policyTypes"] is null:
                body["policyTypes"] = JsonWriting.TextArray(body.Items("egress").Any() ? ["Ingress", "Egress"] : ["Ingress"]);
                break;
            case "HorizontalPodAutoscalerSpec" when body["metrics"] is null:
                body["metrics"] = new JsonArray(s_metric.DeepClone());
                break;
            case "Subject" when body.Text("kind") is "User" or "Group":
                body.Default("apiGroup", KindTable.Rbac);
                break;
            case "JobTemplateSpec":
                body.Child("metadata");
                (body.At("spec", "template") as JsonObject)?.Child("metadata");
                break;
            case "LimitRangeItem" when body.Text("type") == "Container":
                foreach ((string target, string source) in ((string, string)[])
                    [("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")])
                {
                    foreach ((string name, string value) in body.Map(source).ToList())
                        body.Child(target).Default(name, value);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The claims of a StatefulSet have a kind and a status, although they are only templates.</summary>
    public static void OfClaims(JsonObject spec)
    {
        foreach (JsonObject claim in spec.Items("volumeClaimTemplates"))
        {
            claim.Default("kind", "PersistentVolumeClaim");
            claim.Default("apiVersion", "v1");
            claim.Child("status").Default("phase", "Pending");
        }
    }
}
