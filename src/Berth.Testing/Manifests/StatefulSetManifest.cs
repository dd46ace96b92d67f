using System.Globalization;

namespace Berth.Testing.Manifests;

/// <summary>The manifests of a StatefulSet on the host network and its headless Service.</summary>
internal static class StatefulSetManifest
{
    public static string Write(string @namespace, string name, int replicas, int basePort) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        apiVersion: v1
        kind: Namespace
        metadata: { name: {{Quote(@namespace)}} }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: {{Quote(name)}}, namespace: {{Quote(@namespace)}}, labels: { app: {{Quote(name)}} } }
        spec:
          clusterIP: None
          selector: { app: {{Quote(name)}} }
          ports: [{ name: main, port: {{basePort}} }]
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: {{Quote(name)}}, namespace: {{Quote(@namespace)}}, labels: { app: {{Quote(name)}} } }
        spec:
          replicas: {{replicas}}
          serviceName: {{Quote(name)}}
          podManagementPolicy: Parallel
          selector: { matchLabels: { app: {{Quote(name)}} } }
          template:
            metadata: { labels: { app: {{Quote(name)}} } }
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              containers: [{ name: main, image: test }]
        """);

    /// <summary>A name in quotes is always a text, even one like <c>1e3</c> or <c>true</c>.</summary>
    private static string Quote(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
