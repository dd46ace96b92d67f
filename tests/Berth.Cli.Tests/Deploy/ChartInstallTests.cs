using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The chart in a cluster of <c>berth up</c>, by a real Helm: installed, upgraded, rolled back and uninstalled.</summary>
public sealed class ChartInstallTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Release_is_installed_tested_upgraded_rolled_back_and_uninstalled(int helm)
    {
        Helm.Require(helm);
        using TestFolder folder = new();
        string kubeconfig = folder["kubeconfig"];
        string manifest = folder["namespace.yaml"];
        await File.WriteAllTextAsync(manifest, "apiVersion: v1\nkind: Namespace\nmetadata: { name: k8s-example2 }\n", Cancelled);
        await using BerthProcess up = BerthProcess.Start(Programs.Any, null, "up", "-f", manifest, "--kubeconfig-out", kubeconfig);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("The cluster answers", StringComparison.Ordinal));
        int basePort = FreePorts.Take(6);
        string[] values =
        [
            "--set", Set($"echo.basePort={basePort}"), "--set", Set($"dispatch.basePort={basePort}"),
            "--set", "dispatch.service.nodePort=null",
        ];

        string[] how = ["--kubeconfig", kubeconfig, "--wait", "--timeout", "60s"];
        await Helm.OkAsync(helm, kubeconfig, ["install", "berth", Helm.Chart, .. how, .. values]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        string status = await Helm.OkAsync(helm, kubeconfig, ["status", "berth", "--kubeconfig", kubeconfig]);
        Assert.Contains("deployed", status, StringComparison.Ordinal);
        if (await Programs.CanMountAsync())
        {
            string tested = await Helm.OkAsync(helm, kubeconfig, ["test", "berth", "--kubeconfig", kubeconfig, "--timeout", "60s"]);
            Assert.Matches("TEST SUITE: +service-a-test", tested);
            Assert.Matches("Phase: +Succeeded", tested);
        }

        await Helm.OkAsync(
            helm, kubeconfig, ["upgrade", "berth", Helm.Chart, .. how, .. values, "--set", "echo.replicas=2"]);
        Assert.Equal(2, await PodsOfBAsync(kubeconfig));

        await Helm.OkAsync(helm, kubeconfig, ["rollback", "berth", "1", .. how]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        string history = await Helm.OkAsync(helm, kubeconfig, ["history", "berth", "--kubeconfig", kubeconfig]);
        Assert.Equal(3, history.Trim().Split('\n').Length - 1);

        await Helm.OkAsync(helm, kubeconfig, ["uninstall", "berth", .. how]);
        Assert.Equal(0, await PodsOfBAsync(kubeconfig));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Release_with_all_switches_on_lives_the_same_life(int helm)
    {
        Helm.Require(helm);
        Assert.SkipUnless(await Programs.CanMountAsync(), "This system allows no mounts, so TLS has no files in pods.");
        using TestFolder folder = new();
        using TestAuthority authority = new();
        using X509Certificate2 certificate = authority.Server("service-a", "desk.k8s-example2", "127.0.0.1", "127.0.0.2");
        string kubeconfig = folder["kubeconfig"];
        string manifest = folder.Write("before.yaml", BeforeTheRelease(authority, certificate));
        string values = folder.Write("values.yaml", AllSwitches(FreePorts.Take(6), FreePorts.Take(6)));
        await using BerthProcess up = BerthProcess.Start(Programs.Any, null, "up", "-f", manifest, "--kubeconfig-out", kubeconfig);
        await up.Out.WaitForLineAsync(static line => line.StartsWith("The cluster answers", StringComparison.Ordinal));

        string[] how = ["--kubeconfig", kubeconfig, "--wait", "--timeout", "60s"];
        await Helm.OkAsync(helm, kubeconfig, ["install", "berth", Helm.Chart, .. how, "-f", values]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        string made = await Helm.OkAsync(helm, kubeconfig, ["get", "manifest", "berth", "--kubeconfig", kubeconfig]);
        foreach (string kind in (string[])["ServiceMonitor", "PrometheusRule", "PodDisruptionBudget", "ClusterRole", "Secret"])
            Assert.Contains("\nkind: " + kind + "\n", made, StringComparison.Ordinal);
        await Helm.OkAsync(
            helm, kubeconfig, ["upgrade", "berth", Helm.Chart, .. how, "-f", values, "--set", "echo.replicas=2"]);
        Assert.Equal(2, await PodsOfBAsync(kubeconfig));
        await Helm.OkAsync(helm, kubeconfig, ["rollback", "berth", "1", .. how]);
        Assert.Equal(3, await PodsOfBAsync(kubeconfig));
        await Helm.OkAsync(helm, kubeconfig, ["test", "berth", "--kubeconfig", kubeconfig, "--timeout", "60s"]);
        await Helm.OkAsync(helm, kubeconfig, ["uninstall", "berth", .. how]);
        Assert.Equal(0, await PodsOfBAsync(kubeconfig));
    }

    /// <summary>The objects that must exist before the release: namespace, kinds of Prometheus' operator, certificates, tokens.</summary>
    private static string BeforeTheRelease(TestAuthority authority, X509Certificate2 certificate)
    {
        string Secret(string name) => $$"""
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: {{name}}, namespace: k8s-example2 }
            type: kubernetes.io/tls
            data: { tls.crt: {{Coded(certificate.ExportCertificatePem())}}, tls.key: {{Coded(TestAuthority.KeyPem(certificate))}},
              ca.crt: {{Coded(authority.Pem)}} }

            """;
        static string Definition(string kind, string plural) => $$"""
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: {{plural}}.monitoring.coreos.com }
            spec:
              group: monitoring.coreos.com
              scope: Namespaced
              names: { plural: {{plural}}, singular: {{kind.ToLowerInvariant()}}, kind: {{kind}} }
              versions:
              - name: v1
                served: true
                storage: true
                schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }

            """;
        return "apiVersion: v1\nkind: Namespace\nmetadata: { name: k8s-example2 }\n"
            + Definition("ServiceMonitor", "servicemonitors") + Definition("PrometheusRule", "prometheusrules")
            + Secret("web") + Secret("desk-tls") + """
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: tokens, namespace: k8s-example2 }
            stringData: { tokens: "prometheus 0123456789abcdef0123456789abcdef" }
            """;
    }

    private static string AllSwitches(int basePort, int deskBasePort) => string.Create(CultureInfo.InvariantCulture, $$"""
        dispatch:
          basePort: {{basePort}}
          picker: seats
          address: external-or-internal
          service: { nodePort: null }
          tls: { secretName: web }
          tokens: { secretName: tokens }
          podDisruptionBudget: { enabled: true }
          limits:
            { requests: 1000, burst: 2000, connections: 100, watchers: 100, maxConnections: 1000, trustedProxies: [10.0.0.0/8] }
        echo: { basePort: {{basePort}} }
        seats:
          enabled: true
          keys: "k1={{Convert.ToBase64String(new byte[32])}}"
          deskBasePort: {{deskBasePort}}
          tls: { secretName: desk-tls, name: desk.k8s-example2 }
        monitoring:
          serviceMonitor: { enabled: true, tokenSecret: { name: tokens, key: tokens } }
          prometheusRule: { enabled: true }
        """);

    private static string Coded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string Set(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The pods of the StatefulSet that are not on their way out.</summary>
    private static async Task<int> PodsOfBAsync(string kubeconfig)
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any,
            new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig },
            "get", "endpoints", "k8s-example2/service-b", "--base-port", "3000", "-o", "text", "--timeout", "60s");
        return result.ExitCode == 0 ? result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length : 0;
    }
}
