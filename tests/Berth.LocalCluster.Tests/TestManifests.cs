namespace Berth.LocalCluster;

/// <summary>Manifests of tests.</summary>
internal static class TestManifests
{
    public const string Namespace = """
        apiVersion: v1
        kind: Namespace
        metadata: { name: k8s-example2 }
        """;

    public const string Service = """
        apiVersion: v1
        kind: Service
        metadata: { name: service-b, namespace: k8s-example2, labels: { app: service-b } }
        spec:
          clusterIP: None
          selector: { app: service-b }
          ports: [{ port: 3456 }]
        """;

    public static string StatefulSet(
        int replicas,
        string policy = "OrderedReady",
        string extra = "",
        string command = "[/service_b]",
        string probe = "",
        int grace = 30) => $$"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: service-b, namespace: k8s-example2, labels: { app: service-b } }
        spec:
          replicas: {{replicas}}
          serviceName: service-b
          podManagementPolicy: {{policy}}
          selector: { matchLabels: { app: service-b } }
          {{extra}}
          template:
            metadata: { labels: { app: service-b } }
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              terminationGracePeriodSeconds: {{grace}}
              containers:
              - name: service-b
                image: fananchong/k8s-example2
                command: {{command}}
                env:
                - { name: POD_NAME, valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.name } } }
                - { name: POD_NAMESPACE, valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } } }
                {{probe}}
        """;

    public static string All(params string[] documents) => string.Join("\n---\n", documents);
}
