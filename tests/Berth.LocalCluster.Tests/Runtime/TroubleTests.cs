namespace Berth.LocalCluster.Runtime;

/// <summary>The reasons why objects are not as their manifests want them.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task Nothing_is_wrong_once_all_pods_are_ready()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2, "Parallel"));
        await test.WaitReadyAsync(2);

        Assert.Empty(test.Cluster.Troubles);
    }

    [Fact]
    public async Task Set_whose_pods_cannot_be_made_is_named()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(1).Replace(
            "hostNetwork: true", "hostNetwork: true\n      serviceAccountName: ghost", StringComparison.Ordinal));
        await test.EventAsync("FailedCreate", "service-b");

        ClusterTrouble trouble = Assert.Single(test.Cluster.Troubles);

        Assert.Equal(("StatefulSet", "service-b", "FailedCreate"), (trouble.Kind, trouble.Name, trouble.Reason));
        Assert.Contains("serviceaccount \"ghost\" not found", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_without_a_place_a_volume_or_a_variable_says_so()
    {
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram> { ["i"] = new("/bin/sh") },
            Manifests = [TestManifests.Namespace],
        });
        test.Cluster.Apply(Pod("place", "nodeSelector: { a: b }"));
        test.Cluster.Apply(
            Pod("volume", "volumes: [{ name: v, secret: { secretName: s } }]", "volumeMounts: [{ name: v, mountPath: /v }]"));
        test.Cluster.Apply(Pod("variable", "restartPolicy: Always", "envFrom: [{ configMapRef: { name: m } }]"));
        test.Cluster.Apply(Pod("code", "restartPolicy: Never", "args: [-c, \"exit 3\"]"));
        await test.EventAsync("FailedMount", "volume");
        await test.WaitAsync(static pods =>
            pods.Any(static pod => pod.State == "CreateContainerConfigError") && pods.Any(static pod => pod.State == "Error"));

        Assert.Equal(
            [
                "code: Error: Container c ended with exit code 3",
                "place: Unschedulable",
                "variable: CreateContainerConfigError: Container c: configmap \"m\" not found",
                "volume: FailedMount: MountVolume.SetUp failed for volume \"v\" : secret \"s\" not found",
            ],
            test.Cluster.Troubles.Select(static trouble => trouble.Reason == "Unschedulable"
                ? $"{trouble.Name}: {trouble.Reason}"
                : $"{trouble.Name}: {trouble.Reason}: {trouble.Message}"));
    }

    private static string Pod(string name, string spec, string container = "args: [-c, \"sleep 600\"]") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: k8s-example2 }
        spec:
          {{spec}}
          containers:
          - name: c
            image: i
            {{container}}
        """;
}
