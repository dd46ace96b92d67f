using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Rules;

/// <summary>
/// Fills in the default values of a real API server: fixed ones by type from <c>defaults.json</c>, and here the ones that depend on other
/// fields.
/// </summary>
internal static class Defaults
{
    /// <summary>The values of the fields that an object does not state. Values with a condition have their own names.</summary>
    private static readonly Lazy<JsonObject> s_values = new(() =>
    {
        JsonObject values = (JsonObject)JsonNode.Parse(FieldTable.Text("defaults.json"))!;
        JsonWriting.Freeze(values);
        return values;
    });

    public static void Apply(ResourceKind kind, JsonObject body)
    {
        foreach (string part in kind == KindTable.Namespace || kind == KindTable.Service ? (string[])["spec", "status"] : [])
            body.Child(part);
        if (kind == KindTable.Namespace)
            body.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
        if (kind == KindTable.Pod)
        {
            NameAccount(body.Child("spec"));
            Fill(body.Child("spec"), "PodSpec of a pod, not of a template");
            AddTolerations(body);
            if (body.Number("spec", "terminationGracePeriodSeconds") < 0)
                body.Child("spec")["terminationGracePeriodSeconds"] = 1;
            foreach (JsonNode? resources in body.Items("spec", "containers").Select(container => container["resources"]))
            {
                if (resources.At("limits") is JsonObject limits)
                    Fill(((JsonObject)resources!).Child("requests"), limits);
            }
        }

        if (kind.HasScale || kind == KindTable.DaemonSet)
            body.Child("spec").Child("template").Child("spec");
        Walk(kind.Type, body, hostNetwork: false);
    }

    /// <summary>A pod stays for a while on a lost node, unless it states its own time.</summary>
    private static void AddTolerations(JsonObject body)
    {
        JsonArray tolerations = body["spec"]!["tolerations"]!.AsArray();
        foreach (JsonObject added in s_values.Value["PodSpec of a pod, not of a template"].Items("tolerations"))
        {
            bool Covers(JsonObject given) =>
                (given.Text("key") ?? added.Text("key")) == added.Text("key") && (given.Text("effect") ?? "NoExecute") == "NoExecute";
            if (!body.Items("spec", "tolerations").Any(Covers))
                tolerations.Add(added.DeepClone());
        }
    }

    /// <summary>The account has two fields. The old field counts when the new one is empty, and otherwise has the same value.</summary>
    private static void NameAccount(JsonObject spec)
    {
        if (string.IsNullOrEmpty(spec.Text("serviceAccountName")) && spec.Text("serviceAccount") is { Length: > 0 } old)
            spec["serviceAccountName"] = old;
        if (spec.Text("serviceAccountName") is { } account)
            spec["serviceAccount"] = account;
    }

    private static void Walk(string type, JsonObject body, bool hostNetwork)
    {
        if (FieldTable.Of(type) is not { } fields)
            return;
        Fill(body, type);
        hostNetwork |= body.Flag("hostNetwork");
        Depending(type, body, hostNetwork);
        foreach ((string name, JsonNode? value) in body)
        {
            // The template of a CronJob gets defaults only when a Job is created from it, except for its pods.
            if (type == "JobTemplateSpec" && name == "spec")
            {
                if (value.At("template", "spec") is JsonObject pod)
                    Walk("PodSpec", pod, hostNetwork);
                continue;
            }

            if (value is JsonObject or JsonArray && fields.TryGetValue(name, out FieldTable.Field? field) && !field.Map)
            {
                foreach (JsonObject part in value is JsonObject single ? [single] : value.Items())
                    Walk(field.Type, part, hostNetwork);
            }
        }
    }

    private static void Depending(string type, JsonObject body, bool hostNetwork)
    {
        if (type == "PodSpec")
        {
            NameAccount(body);
        }
        else if (type == "Container")
        {
            string tag = body.Text("image")?.Split('/')[^1] ?? "";
            bool latest = tag.EndsWith(":latest", StringComparison.Ordinal) || !tag.Contains(':', StringComparison.Ordinal);
            body.Default("imagePullPolicy", latest ? "Always" : "IfNotPresent");
        }
        else if (type == "ContainerPort" && hostNetwork && body["containerPort"] is { } number)
        {
            body.Default("hostPort", number.DeepClone());
        }
        else if (type == "ServicePort" && body.Number("targetPort") is null or 0 && string.IsNullOrEmpty(body.Text("targetPort")))
        {
            body["targetPort"] = body["port"]?.DeepClone() ?? 0;
        }
        else if (type == "StatefulSetUpdateStrategy")
        {
            Fill(body, body["type"] is null ? "StatefulSetUpdateStrategy without a type" : "");
            (body["rollingUpdate"] as JsonObject)?.Default("partition", 0);
            // Behind a feature gate that is off in 1.36: a real server drops it without a word.
            (body["rollingUpdate"] as JsonObject)?.Remove("maxUnavailable");
        }
        else if (type == "StatefulSetSpec")
        {
            StoredDefaults.OfClaims(body);
        }
        else if (type == "DaemonSetUpdateStrategy" && body.Text("type") == "RollingUpdate")
        {
            Fill(body, "DaemonSetUpdateStrategy that rolls");
        }
        else if (type == "DeploymentStrategy" && body.Text("type") == "RollingUpdate")
        {
            Fill(body, "DeploymentStrategy that rolls");
        }
        else if (type == "ServiceSpec" && body.Text("type") != "ExternalName")
        {
            Fill(body, "ServiceSpec with a cluster address");
            if (body.Text("type") == "LoadBalancer")
                body.Default("allocateLoadBalancerNodePorts", true);
            if (body.Text("type") is "NodePort" or "LoadBalancer")
                body.Default("externalTrafficPolicy", "Cluster");
        }
        else
        {
            StoredDefaults.Fill(type, body);
        }
    }

    private static void Fill(JsonObject body, string type) => Fill(body, s_values.Value[type] as JsonObject ?? []);

    private static void Fill(JsonObject body, JsonObject values)
    {
        foreach ((string name, JsonNode? value) in values)
        {
            if (value is JsonObject fields && body[name] is JsonObject given)
                Fill(given, fields);
            else if (body[name] is null)
                body[name] = value?.DeepClone();
        }
    }
}
