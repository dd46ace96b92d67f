using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Variables and files from ConfigMaps and Secrets, in pods that are real processes.</summary>
public sealed class ConfigurationTests
{
    private const string Settings = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings, namespace: k8s-example2 }
        data: { MODE: arena, server.conf: "port = 1" }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: keys, namespace: k8s-example2 }
        stringData: { token: hidden }
        """;

    private const string Log = "/api/v1/namespaces/k8s-example2/pods/p/log";

    [Fact]
    public async Task Variables_come_from_config_maps_and_secrets()
    {
        await using TestCluster test = await StartAsync(Settings, Pod("""
            command: [/bin/sh, -c, "echo $A_MODE $MODE $TOKEN $OWN [$NONE]"]
            envFrom: [{ configMapRef: { name: settings } }, { prefix: A_, configMapRef: { name: settings } }]
            env:
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: keys, key: token } } }
            - { name: OWN, value: "$(MODE)-$(TOKEN)" }
            - { name: NONE, valueFrom: { configMapKeyRef: { name: nothing, key: x, optional: true } } }
            """));

        Assert.Equal("arena arena hidden arena-hidden []\n", await EndedAsync(test));
    }

    [Theory]
    [InlineData("envFrom: [{ secretRef: { name: late } }]", "secret \"late\" not found")]
    [InlineData("env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: OTHER } } }]",
        "couldn't find key OTHER in ConfigMap k8s-example2/settings")]
    public async Task Container_waits_until_its_variables_can_be_had(string variables, string why)
    {
        await using TestCluster test = await StartAsync(Settings, Pod($$"""
            command: [/bin/sh, -c, "echo started"]
            {{variables}}
            """));
        await test.WaitAsync(static pods => pods is [{ State: "CreateContainerConfigError" }]);
        (_, JsonNode pod) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/p");
        Assert.Equal(why, (string?)pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["message"]);

        test.Cluster.Apply("""
            apiVersion: v1
            kind: Secret
            metadata: { name: late, namespace: k8s-example2 }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: settings, namespace: k8s-example2 }
            data: { OTHER: there }
            """);

        Assert.Equal("started\n", await EndedAsync(test));
    }

    [Fact]
    public async Task Pod_waits_until_its_volumes_can_be_made()
    {
        await using TestCluster test = await StartAsync(Pod("""
            command: [/bin/sh, -c, "echo started"]
            volumeMounts: [{ name: conf, mountPath: /conf }]
            """, "volumes: [{ name: conf, configMap: { name: settings } }]"));
        Assert.Equal(
            "MountVolume.SetUp failed for volume \"conf\" : configmap \"settings\" not found", await test.EventAsync("FailedMount", "p"));
        Assert.Equal("ContainerCreating", Assert.Single(test.Cluster.Pods).State);

        test.Cluster.Apply(Settings);

        Assert.Equal("started\n", await EndedAsync(test));
    }

    [Fact]
    public async Task Volumes_stand_at_their_mount_paths()
    {
        await using TestCluster test = await StartAsync(Settings, Pod("""
            command:
            - /bin/sh
            - -c
            - |
              cat /berth-conf/server.conf; echo
              cat /etc/berth-keys/deep/t; echo
              stat -c %a -L /etc/berth-keys/deep/t
              cat /berth-one; echo
              cat /berth-info/labels; echo
              grep app /berth-info/all
              cat /berth-all/name /berth-all/MODE; echo
              echo kept > /berth-data/f && cat /berth-data/f
              echo no 2> /dev/null > /berth-conf/x || echo read only
              cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo
              head -c 10 /var/run/secrets/kubernetes.io/serviceaccount/ca.crt; echo
              test -s /var/run/secrets/kubernetes.io/serviceaccount/token && echo token
              ls /bin/sh /etc/passwd
            volumeMounts:
            - { name: conf, mountPath: /berth-conf }
            - { name: keys, mountPath: /etc/berth-keys }
            - { name: conf, mountPath: /berth-one, subPath: MODE }
            - { name: info, mountPath: /berth-info }
            - { name: all, mountPath: /berth-all }
            - { name: data, mountPath: /berth-data }
            """, """
            volumes:
              - { name: conf, configMap: { name: settings } }
              - { name: keys, secret: { secretName: keys, defaultMode: 0400, items: [{ key: token, path: deep/t }] } }
              - name: info
                downwardAPI:
                  items:
                  - { path: labels, fieldRef: { fieldPath: "metadata.labels['app']" } }
                  - { path: all, fieldRef: { fieldPath: metadata.labels } }
              - name: all
                projected:
                  sources:
                  - configMap: { name: settings, items: [{ key: MODE, path: MODE }] }
                  - downwardAPI: { items: [{ path: name, fieldRef: { fieldPath: metadata.name } }] }
              - { name: data, emptyDir: {} }
            """));
        if (!CanMount)
        {
            Assert.Contains("/berth-conf is /", await test.EventAsync("NotMounted", "p"), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(
            """
            port = 1
            hidden
            400
            arena
            p
            app="p"
            parena
            kept
            read only
            k8s-example2
            -----BEGIN
            token
            /bin/sh
            /etc/passwd

            """,
            await EndedAsync(test));
        Assert.False(Directory.Exists("/berth-conf"));
        Assert.False(Directory.Exists("/etc/berth-keys"));
    }

    [Fact]
    public async Task Volume_over_the_folder_of_the_cluster_hides_no_other_volume()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(Settings, Pod("""
            command: [/bin/sh, -c, "echo x > $T/f; ls $T; cat $T/conf/MODE; echo; cat /etc/berth-late/MODE; echo"]
            env: [{ name: T, value: TEMPORARY }]
            volumeMounts:
            - { name: tmp, mountPath: TEMPORARY }
            - { name: conf, mountPath: TEMPORARY/conf }
            - { name: conf, mountPath: /etc/berth-late }
            """.Replace("TEMPORARY", Path.GetTempPath().TrimEnd('/'), StringComparison.Ordinal), """
            volumes: [{ name: tmp, emptyDir: {} }, { name: conf, configMap: { name: settings } }]
            """));

        Assert.Equal("conf\nf\narena\narena\n", await EndedAsync(test));
    }

    [Fact]
    public async Task Program_that_a_volume_hides_is_reported()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        using TestFile program = new("#!/bin/sh\n");
        string mounts = $"volumeMounts: [{{ name: tmp, mountPath: {Path.GetDirectoryName(program.Path)} }}]";
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram> { ["k8s-example2"] = new(program.Path) },
            TimeProvider = new TestClock(DateTimeOffset.UtcNow),
            Manifests = [TestManifests.Namespace, Pod(mounts, "volumes: [{ name: tmp, emptyDir: {} }]")],
        });

        Assert.Contains(
            "is not seen by its container: a volume is mounted over its folder.", await EndedAsync(test), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_volume_follow_its_config_map()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(Settings, Pod("""
            command:
            - /bin/sh
            - -c
            - "echo up; until grep -q siege /berth-conf/MODE; do sleep 0.05; done; cat /berth-conf/MODE; ls /berth-conf"
            volumeMounts: [{ name: conf, mountPath: /berth-conf }]
            """, "volumes: [{ name: conf, configMap: { name: settings } }]"));
        await test.WaitAsync(static pods => pods is [{ State: "Running" }]);
        await test.MergeAsync(
            "/api/v1/namespaces/k8s-example2/configmaps/settings", """{"data":{"MODE":"siege","server.conf":null,"new":"1"}}""");

        Assert.Equal("up\nsiegeMODE\nnew\n", await EndedAsync(test));
    }

    [Fact]
    public async Task Claim_keeps_its_files_when_the_pod_is_replaced()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        const string Set = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db, namespace: k8s-example2 }
            spec:
              serviceName: db
              selector: { matchLabels: { app: db } }
              volumeClaimTemplates:
              - metadata: { name: data }
                spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
              template:
                metadata: { labels: { app: db } }
                spec:
                  containers:
                  - name: c
                    image: k8s-example2
                    command:
                    - /bin/sh
                    - -c
                    - "trap 'exit 0' TERM; echo run >> /berth-db/runs; wc -l < /berth-db/runs; while true; do sleep 600 & wait $!; done"
                    volumeMounts: [{ name: data, mountPath: /berth-db }]
            """;
        await using TestCluster test = await StartAsync(TimeProvider.System, Set);
        PodSummary first = Assert.Single(await test.WaitReadyAsync(1));
        await LogAsync(test, "db-0", "1\n");
        test.Cluster.Delete("pod", "k8s-example2", "db-0");
        await test.WaitAsync(pods => pods is [{ Ready: true } pod] && pod.Uid != first.Uid);
        await LogAsync(test, "db-0", "2\n");
    }

    [Fact]
    public async Task Program_keeps_its_user()
    {
        Assert.SkipUnless(CanMount, "This system allows no mount namespaces.");
        await using TestCluster test = await StartAsync(Settings, Pod("""
            command: [/bin/sh, -c, "id -u; cat /berth-conf/MODE"]
            volumeMounts: [{ name: conf, mountPath: /berth-conf }]
            """, "volumes: [{ name: conf, configMap: { name: settings } }]"));

        Assert.Equal($"{await IdAsync()}\narena\n", await EndedAsync(test));
    }

    private static bool CanMount => new MountNamespace(["/usr/bin", "/bin"]).IsAllowed;

    private static async Task<string> IdAsync()
    {
        using System.Diagnostics.Process id = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("id", ["-u"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return (await id.StandardOutput.ReadToEndAsync(TestCluster.Token)).Trim();
    }

    // A container's log ends with its output, or 200 ms after its process. A clock that stands still leaves only the first.
    private static Task<TestCluster> StartAsync(params string[] manifests) => StartAsync(new TestClock(DateTimeOffset.UtcNow), manifests);

    private static Task<TestCluster> StartAsync(TimeProvider time, params string[] manifests) =>
        TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram> { ["k8s-example2"] = new("/bin/sh") },
            TimeProvider = time,
            Manifests = [TestManifests.Namespace, .. manifests],
        });

    private static string Pod(string container, string spec = "") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: p, namespace: k8s-example2, labels: { app: p } }
        spec:
          restartPolicy: Never
          {{spec.ReplaceLineEndings("\n  ")}}
          containers:
          - name: c
            image: k8s-example2
            {{container.ReplaceLineEndings("\n    ")}}
        """;

    private static async Task<string> EndedAsync(TestCluster test)
    {
        await test.WaitAsync(static pods => pods is [{ State: "Completed" or "Error" }]);
        return await test.Http.GetStringAsync(new Uri(Log + "?follow=true", UriKind.Relative), TestCluster.Token);
    }

    private static async Task LogAsync(TestCluster test, string pod, string expected)
    {
        Uri log = new($"/api/v1/namespaces/k8s-example2/pods/{pod}/log", UriKind.Relative);
        await Wait.UntilAsync(
            () => test.Http.GetStringAsync(log, TestCluster.Token), last => last == expected, Wait.Limit, $"the log '{expected}'",
            TestCluster.Token);
    }
}
