namespace Berth.Planning;

/// <summary>Plans of texts, and a set without a fault to change.</summary>
internal static class Plans
{
    /// <summary>A set of three pods at 4000, with its headless Service.</summary>
    public static string Set(string name = "lobby", int basePort = 4000, int replicas = 3, string podSpec = "", string spec = "") => $$$$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{{{name}}}}, namespace: games}
        spec:
          clusterIP: None
          selector: {app: {{{{name}}}}}
          ports: [{name: game, port: {{{{basePort}}}}}]
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: {{{{name}}}}, namespace: games}
        spec:
          serviceName: {{{{name}}}}
          replicas: {{{{replicas}}}}
          {{{{spec}}}}
          selector: {matchLabels: {app: {{{{name}}}}}}
          template:
            metadata: {labels: {app: {{{{name}}}}}}
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              terminationGracePeriodSeconds: 40
              {{{{podSpec}}}}
              containers:
                - name: server
                  image: berth:latest
                  command: ["/berth", "echo"]
                  env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: BERTH_BASE_PORT, value: "{{{{basePort}}}}"}
                  readinessProbe: {exec: {command: ["/berth", "probe"]}}
        ---

        """;

    public static PortPlan Of(string text, PlanOptions? options = null)
    {
        PlanInput input = new();
        input.Add(text, "games.yaml");
        return PortPlan.Create(input, options);
    }

    /// <summary>The only fault of a text, of a rule.</summary>
    public static PlanFault Only(PlanRule rule, string text, PlanOptions? options = null)
    {
        PortPlan plan = Of(text, options);
        Assert.True(
            plan.Faults.Count == 1 && plan.Faults[0].Rule == rule && plan.Unread.Count == 0,
            $"{rule.Id} alone is expected:\n{string.Join('\n', plan.Faults)}\n{string.Join('\n', plan.Unread)}");
        return plan.Faults[0];
    }

    public static void AssertClean(string text, PlanOptions? options = null)
    {
        PortPlan plan = Of(text, options);
        Assert.Equal("", string.Join('\n', plan.Faults) + string.Join('\n', plan.Unread));
    }
}
