namespace Berth.LocalCluster.Kinds;

/// <summary>The values a real API server fills in: by type where they are always the same, here where they depend on something.</summary>
internal static class Defaults
{
    /// <summary>What the fields of a type are where nobody says anything. Types are those of <see cref="FieldTable"/>.</summary>
    private static readonly Dictionary<string, JsonObject> s_always = new(StringComparer.Ordinal)
    {
        ["NamespaceSpec"] = Fields("""{ "finalizers": ["kubernetes"] }"""),
        ["NamespaceStatus"] = Fields("""{ "phase": "Active" }"""),
        ["StatefulSetSpec"] = Fields("""
            { "replicas": 1, "podManagementPolicy": "OrderedReady", "updateStrategy": { "type": "RollingUpdate" }, "revisionHistoryLimit": 10,
              "persistentVolumeClaimRetentionPolicy": { "whenDeleted": "Retain", "whenScaled": "Retain" } }
            """),
        ["DeploymentSpec"] = Fields("""{ "replicas": 1, "strategy": { "type": "RollingUpdate" }, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600 }"""),
        ["ReplicaSetSpec"] = Fields("""{ "replicas": 1 }"""),
        ["PodSpec"] = Fields("""
            { "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "securityContext": {}, "schedulerName": "default-scheduler" }
            """),
        ["Container"] = Fields("""{ "resources": {}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File" }"""),
        ["Probe"] = Fields("""{ "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3 }"""),
        ["HTTPGetAction"] = Fields("""{ "path": "/", "scheme": "HTTP" }"""),
        ["ObjectFieldSelector"] = Fields("""{ "apiVersion": "v1" }"""),
        ["ContainerPort"] = Fields("""{ "protocol": "TCP" }"""),
        ["ServiceSpec"] = Fields("""{ "type": "ClusterIP", "sessionAffinity": "None" }"""),
        ["ServicePort"] = Fields("""{ "protocol": "TCP" }"""),
        ["ServiceStatus"] = Fields("""{ "loadBalancer": {} }"""),
        ["EndpointSlice"] = Fields("""{ "endpoints": null, "ports": null }"""),
        ["Endpoint"] = Fields("""{ "conditions": {} }"""),
    };

    /// <summary>What admission adds to a pod itself, but not to a template.</summary>
    private static readonly JsonObject s_admitted = Fields("""
        { "serviceAccountName": "default", "priority": 0, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority", "tolerations": [
          { "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 },
          { "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 }] }
        """);

    private static readonly JsonObject s_clusterAddress = Fields("""{ "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster" }""");
    private static readonly JsonObject s_surge = Fields("""{ "maxSurge": "25%", "maxUnavailable": "25%" }""");

    /// <summary>The parts that a real server adds even where the object does not mention them.</summary>
    private static readonly Dictionary<ResourceKind, string[]> s_parts = new()
    {
        [KindTable.Namespace] = ["spec", "status"],
        [KindTable.Service] = ["spec", "status"],
    };

    public static void Apply(ResourceKind kind, JsonObject body)
    {
        foreach (string part in s_parts.GetValueOrDefault(kind, []))
            body.Child(part);
        if (kind == KindTable.Namespace)
            body.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
        if (kind == KindTable.Pod)
        {
            Fill(body.Child("spec"), s_admitted);
            foreach (JsonObject resources in body.Items("spec", "containers").Select(container => container["resources"]).OfType<JsonObject>().Where(resources => resources["limits"] is JsonObject))
                Fill(resources.Child("requests"), (JsonObject)resources["limits"]!);
        }

        if (kind.HasScale)
            body.Child("spec").Child("template").Child("spec");
        Walk(kind.Kind, body, hostNetwork: false);
    }

    private static void Walk(string type, JsonObject body, bool hostNetwork)
    {
        if (FieldTable.Of(type) is not { } fields)
            return;
        if (s_always.TryGetValue(type, out JsonObject? values))
            Fill(body, values);
        hostNetwork |= body.Flag("hostNetwork");
        Depending(type, body, hostNetwork);
        foreach ((string name, JsonNode? value) in body)
        {
            if (value is JsonObject or JsonArray && fields.TryGetValue(name, out FieldTable.Field? field) && !field.Map)
            {
                foreach (JsonObject part in value is JsonObject single ? [single] : value.Items())
                    Walk(field.Type, part, hostNetwork);
            }
        }
    }

    private static void Depending(string type, JsonObject body, bool hostNetwork)
    {
        switch (type)
        {
            case "PodSpec" when body.Text("serviceAccountName") is { } account:
                body.Default("serviceAccount", account);
                break;
            case "Container":
                string tag = body.Text("image")?.Split('/')[^1] ?? "";
                bool latest = !tag.Contains(':', StringComparison.Ordinal) || tag.EndsWith(":latest", StringComparison.Ordinal);
                body.Default("imagePullPolicy", latest ? "Always" : "IfNotPresent");
                break;
            case "ContainerPort" when hostNetwork && body["containerPort"] is { } number:
                body.Default("hostPort", number.DeepClone());
                break;
            case "ServicePort" when body.Number("targetPort") is null or 0 && string.IsNullOrEmpty(body.Text("targetPort")):
                body["targetPort"] = body["port"]?.DeepClone() ?? 0;
                break;
            case "StatefulSetUpdateStrategy" when body.Text("type") == "RollingUpdate":
                body.Child("rollingUpdate").Default("partition", 0);
                break;
            case "DeploymentStrategy" when body.Text("type") == "RollingUpdate":
                Fill(body.Child("rollingUpdate"), s_surge);
                break;
            case "ServiceSpec" when body.Text("type") != "ExternalName":
                Fill(body, s_clusterAddress);
                if (body.Text("type") is "NodePort" or "LoadBalancer")
                    body.Default("externalTrafficPolicy", "Cluster");
                break;
        }
    }

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

    private static JsonObject Fields(string json)
    {
        var fields = (JsonObject)JsonNode.Parse(json)!;
        JsonWriting.Freeze(fields);
        return fields;
    }
}
