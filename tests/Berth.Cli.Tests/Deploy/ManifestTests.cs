using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The manifests compared with the program: it accepts their arguments, and their statements about it are true.</summary>
public sealed class ManifestTests
{
    private static readonly IReadOnlyList<YamlMappingNode> s_objects =
        [.. new[] { "base", "overlays" }
            .SelectMany(static f => Directory.GetFiles(Path.Combine(Checkout.Root, "deploy", f), "*.yaml", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal).SelectMany(Load)];

    private static IEnumerable<YamlMappingNode> Workloads => s_objects.Where(static o => Text(o, "kind") is "StatefulSet" or "Deployment");

    private static YamlMappingNode ServiceB => Find("StatefulSet", "service-b", "command");

    [Fact]
    public void Every_command_line_in_a_manifest_is_one_that_the_program_takes()
    {
        int seen = 0;
        foreach (YamlMappingNode container in Workloads.SelectMany(Containers).Where(static c => Has(c, "command")))
        {
            List<string> words = [.. Items(container, "command"), .. Items(container, "args")];
            Assert.Equal("/berth", words[0]);
            Assert.Empty(CommandLines.FaultsOf(words[1..]));
            IReadOnlyList<string> known = CommandLines.VariablesOf(words[1..]);
            foreach (string variable in Variables(container).Where(static v => v.StartsWith("BERTH_", StringComparison.Ordinal)))
                Assert.Contains(variable, known);
            seen++;
        }

        Assert.Equal(2, seen);
    }

    [Fact]
    public void Variables_that_an_overlay_sets_are_read_by_its_program()
    {
        YamlMappingNode[] patches = [.. Workloads.Where(static w => !Containers(w).All(static c => Has(c, "command")))];
        Assert.Equal(6, patches.Length);
        foreach (YamlMappingNode patch in patches)
        {
            bool isServiceA = Text(At(patch, "metadata"), "name") == "service-a";
            // The hook has its server's variables.
            string[] programs = isServiceA ? ["dispatch"] : ["echo", "drain"];
            List<string> known = [.. programs.SelectMany(static program => CommandLines.VariablesOf([program])), "POD_UID"];
            foreach (string variable in Variables(Assert.Single(Containers(patch))))
                Assert.Contains(variable, known);
        }
    }

    [Fact]
    public void Hook_of_seats_reads_the_variables_of_its_server_and_ends_in_time()
    {
        YamlMappingNode patch = Assert.Single(
            Workloads, static w => Text(w, "kind") == "StatefulSet" && Variables(Containers(w).Single()).Contains("BERTH_SEATS"));
        YamlMappingNode container = Assert.Single(Containers(patch));
        List<string> hook = [.. Items(At(container, "lifecycle", "preStop", "exec"), "command")];
        Assert.Equal("/berth", hook[0]);
        Assert.Empty(CommandLines.FaultsOf(hook[1..]));
        IReadOnlyList<string> known = CommandLines.VariablesOf(hook[1..]);
        foreach (string variable in new[] { "BERTH_SEAT_KEYS", "BERTH_DESK_BASE_PORT", "BERTH_DESK_ADDRESS", "BERTH_DRAIN" })
            Assert.Contains(variable, known);
        Assert.Equal("status.hostIP", FieldOf(container, "BERTH_DESK_ADDRESS"));
        int drain = int.Parse(
            ValueOf(Assert.Single(Containers(ServiceB)), "BERTH_DRAIN").TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture);
        int grace = int.Parse(Text(PodOf(patch), "terminationGracePeriodSeconds"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(2 * drain < grace);
    }

    [Fact]
    public void Service_B_probes_its_computed_port_and_declares_no_port()
    {
        YamlMappingNode container = Assert.Single(Containers(ServiceB));
        Assert.False(Has(container, "ports"));
        List<string> probe = [.. Items(At(container, "readinessProbe", "exec"), "command")];
        Assert.Equal("/berth", probe[0]);
        Assert.Empty(CommandLines.FaultsOf(probe[1..]));
        // The probe reads the port from the same variables as the server.
        Assert.Contains("BERTH_BASE_PORT", CommandLines.VariablesOf(probe[1..]));
        Assert.Equal("metadata.name", FieldOf(container, "POD_NAME"));
        Assert.Equal("metadata.namespace", FieldOf(container, "POD_NAMESPACE"));
        YamlMappingNode pod = PodOf(ServiceB);
        Assert.Equal("true", Text(pod, "hostNetwork"));
        Assert.Equal("ClusterFirstWithHostNet", Text(pod, "dnsPolicy"));
        Assert.Equal("service-b", Text(At(ServiceB, "spec"), "serviceName"));
        Assert.Equal("None", Text(At(Find("Service", "service-b"), "spec"), "clusterIP"));
        Assert.Equal("privileged", Text(At(Find("Namespace", "k8s-example2"), "metadata", "labels"), "pod-security.kubernetes.io/enforce"));
    }

    [Fact]
    public void A_drain_takes_one_pod_of_service_B_at_a_time()
    {
        YamlMappingNode budget = At(Find("PodDisruptionBudget", "service-b"), "spec");
        // More than one may never be missing, and a drain is never kept from every pod.
        Assert.Equal("1", Text(budget, "maxUnavailable"));
        Assert.False(Has(budget, "minAvailable"));
        YamlMappingNode wanted = At(budget, "selector", "matchLabels");
        YamlMappingNode labels = At(ServiceB, "spec", "template", "metadata", "labels");
        Assert.NotEmpty(wanted.Children);
        Assert.All(wanted.Children, pair => Assert.Equal(pair.Value, labels[pair.Key]));
        Assert.Equal(wanted, At(ServiceB, "spec", "selector", "matchLabels"));
    }

    [Fact]
    public void Sessions_may_end_before_the_kubelet_ends_them()
    {
        YamlMappingNode container = Assert.Single(Containers(ServiceB));
        int drain = int.Parse(ValueOf(container, "BERTH_DRAIN").TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(
            drain < int.Parse(Text(PodOf(ServiceB), "terminationGracePeriodSeconds"), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Service_A_may_only_list_and_watch_EndpointSlices_of_its_namespace()
    {
        YamlMappingNode rule = Assert.IsType<YamlMappingNode>(Assert.Single((YamlSequenceNode)Find("Role", "service-a")["rules"]));
        Assert.Equal(["discovery.k8s.io"], Items(rule, "apiGroups"));
        Assert.Equal(["endpointslices"], Items(rule, "resources"));
        Assert.Equal(["list", "watch"], Items(rule, "verbs"));
        YamlMappingNode nodes = Assert.IsType<YamlMappingNode>(
            Assert.Single((YamlSequenceNode)Assert.Single(s_objects, static o => Text(o, "kind") == "ClusterRole")["rules"]));
        Assert.Equal(["nodes"], Items(nodes, "resources"));
        Assert.Equal(["list", "watch"], Items(nodes, "verbs"));
        // The grant for nodes is the overlay's alone.
        string baseText = string.Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "deploy", "base")).Select(File.ReadAllText));
        Assert.DoesNotContain("ClusterRole", baseText, StringComparison.Ordinal);
        Assert.Equal("false", Text(PodOf(ServiceB), "automountServiceAccountToken"));
    }

    [Fact]
    public void Containers_are_not_root_read_only_and_without_privileges()
    {
        foreach (YamlMappingNode workload in Workloads.Where(static w => Containers(w).All(static c => Has(c, "command"))))
        {
            YamlMappingNode pod = At(PodOf(workload), "securityContext");
            Assert.Equal("true", Text(pod, "runAsNonRoot"));
            Assert.True(int.Parse(Text(pod, "runAsUser"), System.Globalization.CultureInfo.InvariantCulture) > 0);
            Assert.Equal("RuntimeDefault", Text(At(pod, "seccompProfile"), "type"));
            YamlMappingNode container = Assert.Single(Containers(workload));
            Assert.Equal("true", Text(At(container, "securityContext"), "readOnlyRootFilesystem"));
            Assert.Equal("false", Text(At(container, "securityContext"), "allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], Items(At(container, "securityContext", "capabilities"), "drop"));
            Assert.True(Has(At(container, "resources"), "requests") && Has(At(container, "resources"), "limits"));
            Assert.Equal("3", Text(At(workload, "spec"), "replicas"));
        }
    }

    [Fact]
    public void The_seeds_names_and_ports_are_kept()
    {
        Assert.All(s_objects.Where(static o => Text(o, "kind") is not ("Namespace" or "Kustomization" or "ClusterRole"
            or "ClusterRoleBinding")),
            static o => Assert.Equal("k8s-example2", Text(At(o, "metadata"), "namespace")));
        YamlMappingNode service = At(Find("Service", "service-a"), "spec");
        Assert.Equal("NodePort", Text(service, "type"));
        YamlMappingNode port = Assert.IsType<YamlMappingNode>(Assert.Single((YamlSequenceNode)service["ports"]));
        Assert.Equal("30082", Text(port, "nodePort"));
        // Service A's own default, and the named port that its probes and its Service use.
        Assert.Equal(
            "8000",
            Text(
                Assert.IsType<YamlMappingNode>(
                    Assert.Single((YamlSequenceNode)Assert.Single(Containers(Find("Deployment", "service-a", "command")))["ports"])),
                "containerPort"));
    }

    [Theory]
    [InlineData("deploy/base", 9, false)]
    [InlineData("deploy/overlays/external-addresses", 11, true)]
    [InlineData("deploy/overlays/players", 10, true)]
    [InlineData("deploy/overlays/seats", 9, false)]
    [InlineData("deploy/overlays/seats-tls", 9, false)]
    [InlineData("deploy/examples/ping", 3, false)]
    public async Task Kustomize_builds_them(string folder, int objects, bool isOutside)
    {
        Process? kubectl = TryStart("kubectl", "kustomize", Path.Combine(Checkout.Root, folder));
        Assert.SkipWhen(kubectl is null, "kubectl is not on the PATH.");
        using (kubectl)
        {
            string built = await kubectl!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, kubectl.ExitCode);
            Assert.Equal(objects, built.Split('\n').Count(static line => line.StartsWith("kind: ", StringComparison.Ordinal)));
            Assert.Equal(isOutside, built.Contains("BERTH_ADDRESS", StringComparison.Ordinal));
        }
    }

    private static Process? TryStart(string command, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, UseShellExecute = false });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<YamlMappingNode> Load(string path)
    {
        using StreamReader reader = new(path);
        YamlStream stream = [];
        stream.Load(reader);
        return [.. stream.Documents.Select(static d => (YamlMappingNode)d.RootNode)];
    }

    private static YamlMappingNode Find(string kind, string name, string? withContainerField = null) => Assert.Single(
        s_objects,
        o =>
            Text(o, "kind") == kind && Text(At(o, "metadata"), "name") == name
                && (withContainerField is null || Containers(o).All(c => Has(c, withContainerField))));

    private static YamlMappingNode PodOf(YamlMappingNode workload) => At(workload, "spec", "template", "spec");

    private static IEnumerable<YamlMappingNode> Containers(YamlMappingNode workload) =>
        ((YamlSequenceNode)PodOf(workload)["containers"]).Cast<YamlMappingNode>();

    private static IEnumerable<YamlMappingNode> Env(YamlMappingNode container) =>
        Has(container, "env") ? ((YamlSequenceNode)container["env"]).Cast<YamlMappingNode>() : [];

    private static IEnumerable<string> Variables(YamlMappingNode container) => Env(container).Select(static v => Text(v, "name"));

    private static string ValueOf(YamlMappingNode container, string variable) =>
        Text(Assert.Single(Env(container), v => Text(v, "name") == variable), "value");

    private static string FieldOf(YamlMappingNode container, string variable) =>
        Text(At(Assert.Single(Env(container), v => Text(v, "name") == variable), "valueFrom", "fieldRef"), "fieldPath");

    private static bool Has(YamlMappingNode node, string key) => node.Children.ContainsKey(key);

    private static YamlMappingNode At(YamlMappingNode node, params string[] path) =>
        path.Aggregate(node, static (at, key) => (YamlMappingNode)at[key]);

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static IEnumerable<string> Items(YamlMappingNode node, string key) =>
        Has(node, key) ? ((YamlSequenceNode)node[key]).Select(static item => ((YamlScalarNode)item).Value!) : [];
}
