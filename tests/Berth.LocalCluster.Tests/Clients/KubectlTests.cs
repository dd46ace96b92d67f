using System.Diagnostics;

namespace Berth.LocalCluster.Clients;

/// <summary>kubectl as it is, where it is on the PATH.</summary>
public sealed class KubectlTests
{
    [Fact]
    public async Task Get_scale_delete_and_rollout_work_without_a_warning()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2)));
        await test.WaitReadyAsync(2);
        Assert.Equal("service-b-0 service-b-1", await RunAsync(test, "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"));
        Assert.Matches(@"NAME +READY +STATUS +RESTARTS +AGE +IP +NODE", await RunAsync(test, "get", "pods", "-o", "wide"));
        Assert.Matches(@"service-b-0 +1/1 +Running +0 ", await RunAsync(test, "get", "pods"));
        Assert.Matches(@"statefulset.apps/service-b +2/2 ", await RunAsync(test, "get", "sts,svc,endpointslices,nodes,ns"));
        Assert.Equal("statefulset.apps/service-b scaled\n", await RunAsync(test, "scale", "sts", "service-b", "--replicas=3"));
        Assert.Contains("3 new pods have been updated", await RunAsync(test, "rollout", "status", "sts/service-b", "--timeout=30s"), StringComparison.Ordinal);
        Assert.Equal("pod \"service-b-0\" deleted\n", await RunAsync(test, "delete", "pod", "service-b-0", "--wait=true"));
        Assert.Contains("condition met", await RunAsync(test, "wait", "--for=condition=Ready", "pod/service-b-2", "--timeout=30s"), StringComparison.Ordinal);
        Assert.Contains("Controlled By:  StatefulSet/service-b", await RunAsync(test, "describe", "pod", "service-b-1"), StringComparison.Ordinal);
        Assert.Equal("pod/service-b-1 labeled\n", await RunAsync(test, "label", "pod", "service-b-1", "x=y"));
        Assert.Equal("pod/service-b-1\n", await RunAsync(test, "get", "pods", "-l", "x in (y,z)", "-o", "name"));
    }

    [Fact]
    public async Task Apply_creates_changes_and_leaves_alone_without_a_warning()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, TestManifests.All(TestManifests.Namespace, TestManifests.StatefulSet(1)), TestCluster.Token);
            Assert.Equal("namespace/k8s-example2 unchanged\nstatefulset.apps/service-b created\n", await RunAsync(test, "apply", "-f", file));
            Assert.Equal("namespace/k8s-example2 unchanged\nstatefulset.apps/service-b unchanged\n", await RunAsync(test, "apply", "-f", file));
            await File.WriteAllTextAsync(file, TestManifests.StatefulSet(2), TestCluster.Token);
            Assert.Equal("statefulset.apps/service-b configured\n", await RunAsync(test, "apply", "-f", file));
            await test.WaitReadyAsync(2);
            Assert.Equal("statefulset.apps \"service-b\" deleted\n", await RunAsync(test, "delete", "-f", file, "--wait=true"));
            await test.WaitAsync(pods => pods.Count == 0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> RunAsync(TestCluster test, params string[] arguments)
    {
        string? kubectl = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(kubectl is null, "kubectl is not on the PATH.");
        string home = Directory.CreateTempSubdirectory("berth-kubectl-").FullName;
        var info = new ProcessStartInfo(kubectl, ["--kubeconfig", test.Cluster.KubeconfigPath, "--namespace", TestCluster.Namespace, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["HOME"] = home },
        };
        using Process process = Process.Start(info)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestCluster.Token);
        string output = await process.StandardOutput.ReadToEndAsync(TestCluster.Token);
        await process.WaitForExitAsync(TestCluster.Token);
        Directory.Delete(home, recursive: true);
        Assert.Equal(string.Empty, await errors);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
