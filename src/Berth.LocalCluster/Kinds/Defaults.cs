namespace Berth.LocalCluster.Kinds;

/// <summary>The values a real API server fills in, of the kinds that have any.</summary>
internal static class Defaults
{
    public static void Apply(ResourceKind kind, JsonObject body)
    {
        if (kind == KindTable.Namespace)
        {
            JsonObject labels = body.Child("metadata").Child("labels");
            labels["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
            body.Child("spec").Default("finalizers", JsonWriting.TextArray("kubernetes"));
            body.Child("status").Default("phase", "Active");
        }
        else if (kind == KindTable.Pod)
        {
            PodSpec(body.Child("spec"));
            BoundPod(body.Child("spec"));
        }
        else if (kind == KindTable.Service)
        {
            Service(body);
        }
        else if (kind == KindTable.StatefulSet)
        {
            StatefulSet(body.Child("spec"));
        }
        else if (kind == KindTable.Deployment || kind == KindTable.ReplicaSet)
        {
            Deployment(body.Child("spec"), kind == KindTable.Deployment);
        }
        else if (kind == KindTable.EndpointSlice)
        {
            body.TryAdd("endpoints", null);
            body.TryAdd("ports", null);
            foreach (JsonObject endpoint in body.Items("endpoints"))
                endpoint.Child("conditions");
        }
    }

    private static void StatefulSet(JsonObject spec)
    {
        spec.Default("replicas", 1);
        spec.Default("podManagementPolicy", "OrderedReady");
        JsonObject strategy = spec.Child("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
            strategy.Child("rollingUpdate").Default("partition", 0);
        spec.Default("revisionHistoryLimit", 10);
        JsonObject retention = spec.Child("persistentVolumeClaimRetentionPolicy");
        retention.Default("whenDeleted", "Retain");
        retention.Default("whenScaled", "Retain");
        PodSpec(spec.Child("template").Child("spec"));
    }

    private static void Deployment(JsonObject spec, bool rolls)
    {
        spec.Default("replicas", 1);
        if (rolls)
        {
            JsonObject strategy = spec.Child("strategy");
            strategy.Default("type", "RollingUpdate");
            if (strategy.Text("type") == "RollingUpdate")
            {
                strategy.Child("rollingUpdate").Default("maxSurge", "25%");
                strategy.Child("rollingUpdate").Default("maxUnavailable", "25%");
            }

            spec.Default("revisionHistoryLimit", 10);
            spec.Default("progressDeadlineSeconds", 600);
        }

        PodSpec(spec.Child("template").Child("spec"));
    }

    private static void Service(JsonObject body)
    {
        JsonObject spec = body.Child("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("type") != "ExternalName")
        {
            spec.Default("ipFamilies", JsonWriting.TextArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
            spec.Default("internalTrafficPolicy", "Cluster");
        }

        if (spec.Text("type") is "NodePort" or "LoadBalancer")
            spec.Default("externalTrafficPolicy", "Cluster");
        foreach (JsonObject port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            if (port["port"] is { } number)
                port.Default("targetPort", number.DeepClone());
        }

        body.Child("status").Child("loadBalancer");
    }

    private static void PodSpec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Child("securityContext");
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { } account)
            spec.Default("serviceAccount", account);
        foreach (JsonObject container in spec.Items("initContainers").Concat(spec.Items("containers")))
            Container(container, spec.Flag("hostNetwork"));
    }

    /// <summary>What admission and the priority of a single class add to a pod itself, but not to a template.</summary>
    private static void BoundPod(JsonObject spec)
    {
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName")!);
        spec.Default("tolerations", new JsonArray(Tolerate("not-ready"), Tolerate("unreachable")));
        spec.Default("priority", 0);
        spec.Default("enableServiceLinks", true);
        spec.Default("preemptionPolicy", "PreemptLowerPriority");
    }

    private static JsonObject Tolerate(string condition) => new()
    {
        ["key"] = $"node.kubernetes.io/{condition}",
        ["operator"] = "Exists",
        ["effect"] = "NoExecute",
        ["tolerationSeconds"] = 300,
    };

    private static void Container(JsonObject container, bool hostNetwork)
    {
        container.Child("resources");
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        string image = container.Text("image") ?? "";
        string tag = image[(image.LastIndexOf('/') + 1)..];
        bool latest = !tag.Contains(':', StringComparison.Ordinal) || tag.EndsWith(":latest", StringComparison.Ordinal);
        container.Default("imagePullPolicy", latest ? "Always" : "IfNotPresent");
        foreach (JsonObject variable in container.Items("env"))
        {
            if (variable.At("valueFrom", "fieldRef") is JsonObject reference)
                reference.Default("apiVersion", "v1");
        }

        foreach (JsonObject port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
            if (hostNetwork && port["containerPort"] is { } number)
                port.Default("hostPort", number.DeepClone());
        }

        foreach (string name in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[name] is JsonObject probe)
                Probe(probe);
        }
    }

    private static void Probe(JsonObject probe)
    {
        probe.Default("timeoutSeconds", 1);
        probe.Default("periodSeconds", 10);
        probe.Default("successThreshold", 1);
        probe.Default("failureThreshold", 3);
        if (probe["httpGet"] is JsonObject get)
        {
            get.Default("path", "/");
            get.Default("scheme", "HTTP");
        }
    }
}
