using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Soak;

/// <summary>Service B and service A's rights, as deploy/base has them, with shorter times and free ports.</summary>
internal static class Manifests
{
    /// <summary>More than the largest number of pods.</summary>
    public const int Ports = 30;

    public const int Nodes = 3;

    public static string Rights => """
        apiVersion: v1
        kind: Namespace
        metadata: { name: k8s-example2 }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: service-a, namespace: k8s-example2 }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: service-a, namespace: k8s-example2 }
        rules: [{ apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch] }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: service-a, namespace: k8s-example2 }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: service-a }
        subjects: [{ kind: ServiceAccount, name: service-a, namespace: k8s-example2 }]
        """;

    public static string Service(int basePort) => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: service-b, namespace: k8s-example2, labels: { app: service-b } }
        spec: { clusterIP: None, selector: { app: service-b }, ports: [{ name: echo, port: {{basePort}} }] }
        """;

    /// <summary>The StatefulSet. Another revision restarts every pod in turn.</summary>
    public static string StatefulSet(int basePort, int replicas, int revision) => $$"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: service-b, namespace: k8s-example2, labels: { app: service-b } }
        spec:
          serviceName: service-b
          replicas: {{replicas}}
          podManagementPolicy: Parallel
          selector: { matchLabels: { app: service-b } }
          template:
            metadata: { labels: { app: service-b }, annotations: { soak/revision: "{{revision}}" } }
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 10
              containers:
              - name: service-b
                image: berth:latest
                command: [/berth, echo]
                env:
                - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
                - { name: POD_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
                - { name: BERTH_BASE_PORT, value: "{{basePort}}" }
                - { name: BERTH_DRAIN, value: 1s }
                readinessProbe:
                  exec: { command: [/berth, probe] }
                  periodSeconds: 10
                  timeoutSeconds: 10
        """;

    /// <summary>Returns the first of a range of ports that are free on every node, below the system's ephemeral range.</summary>
    public static int FreeBase(Random random)
    {
        while (true)
        {
            int first = random.Next(10_000, 30_000);
            if (Enumerable.Range(first, Ports).All(IsFree))
                return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            for (int node = 1; node <= Nodes; node++)
            {
                IPEndPoint address = new(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.0.{node}")), port);
                using Socket tcp = new(SocketType.Stream, ProtocolType.Tcp);
                tcp.Bind(address);
                using Socket udp = new(SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(address);
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
