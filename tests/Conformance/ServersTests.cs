using System.Text;
using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Conformance.Cases;
using Berth.Conformance.Servers;
using Berth.TestKit;

namespace Berth.Conformance;

/// <summary>The half of the suite that starts real servers, as far as it can be tried without them.</summary>
public sealed class ServersTests
{
    [Fact]
    public void Missing_programs_are_named_with_what_to_do()
    {
        using TestFolder folder = new();
        Assert.Null(Assets.Find(folder["nowhere"], out string missing));
        Assert.StartsWith(
            $"KUBEBUILDER_ASSETS is {folder["nowhere"]}, and there is no such folder. Give it one with", missing,
            StringComparison.Ordinal);
        Assert.Null(Assets.Find(folder.Root, out missing));
        Assert.Equal($"KUBEBUILDER_ASSETS is {folder.Root}, which lacks etcd and kube-apiserver.", missing);
        folder.WriteScript("etcd", "exit 0");
        Assert.Null(Assets.Find(folder.Root, out missing));
        Assert.Equal($"KUBEBUILDER_ASSETS is {folder.Root}, which lacks kube-apiserver.", missing);
        folder.WriteScript("kube-apiserver", "exit 0");
        Assert.Equal(new Assets(folder["etcd"], folder["kube-apiserver"]), Assets.Find(folder.Root, out missing));
        Assert.Empty(missing);
    }

    [Fact]
    public void Backends_are_the_local_cluster_and_those_that_a_variable_names()
    {
        Assert.Equal(["local cluster"], ConformanceCase.Configured(static _ => null));
        Assert.Equal(["local cluster"], ConformanceCase.Configured(static _ => ""));
        Assert.Equal(
            ["local cluster", "kube-apiserver"], ConformanceCase.Configured(static name => name == "KUBEBUILDER_ASSETS" ? "/bin" : null));
        Assert.Equal(
            ["local cluster", "given cluster"],
            ConformanceCase.Configured(static name => name == "BERTH_TEST_KUBECONFIG" ? "/config" : null));
    }

    [Fact]
    public void A_missing_kubeconfig_is_named()
    {
        Assert.Equal("BERTH_TEST_KUBECONFIG is /nowhere/config, and there is no such file.", GivenBackend.Missing("/nowhere/config"));
        Assert.Null(GivenBackend.Missing(typeof(ServersTests).Assembly.Location));
    }

    [Fact]
    public async Task Server_that_does_not_start_fails_with_its_output_and_leaves_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");
        using TestFolder folder = new();
        folder.WriteScript("etcd", "echo 'etcd: listen tcp: address already in use' >&2; exit 3");
        folder.WriteScript("kube-apiserver", "exit 0");
        Assets assets = Assets.Find(folder.Root, out _)!;
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ControlPlane.StartAsync(assets));
        Assert.Contains("etcd ended with exit code 3", fault.Message, StringComparison.Ordinal);
        Assert.Contains("address already in use", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_flag_of_the_api_server_is_shown_and_etcd_is_ended()
    {
        Assert.SkipWhen(FindEtcd() is null, "etcd is neither in KUBEBUILDER_ASSETS nor on the PATH (Debian: etcd-server).");
        using TestFolder folder = new();
        File.CreateSymbolicLink(folder["etcd"], FindEtcd()!);
        // It tells its arguments, then ends as the real one does over a flag it does not know.
        folder.WriteScript("kube-apiserver", $"echo \"$@\" > {folder["arguments"]}; echo 'Error: unknown flag: --x' >&2; exit 1");
        Assets assets = Assets.Find(folder.Root, out _)!;
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ControlPlane.StartAsync(assets));
        Assert.Contains("kube-apiserver ended with exit code 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("unknown flag: --x", fault.Message, StringComparison.Ordinal);

        string arguments = await File.ReadAllTextAsync(folder["arguments"], TestContext.Current.CancellationToken);
        Assert.Contains("--authorization-mode=RBAC", arguments, StringComparison.Ordinal);
        string etcd = arguments.Split(' ')
            .Single(argument => argument.StartsWith("--etcd-servers=", StringComparison.Ordinal)).Split('=')[1];
        using HttpClient http = new();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetStringAsync(new Uri($"{etcd}/health"), TestContext.Current.CancellationToken));
        string certificates = arguments.Split(' ')
            .Single(argument => argument.StartsWith("--tls-cert-file=", StringComparison.Ordinal)).Split('=')[1];
        Assert.False(System.IO.Directory.Exists(System.IO.Path.GetDirectoryName(certificates)));
    }

    [Fact]
    public void The_files_of_a_control_plane_are_there_and_for_this_user_only()
    {
        using ControlPlaneFiles files = new();
        foreach (string argument in ControlPlane.Arguments(files, new Uri("http://127.0.0.1:1"), 2)
            .Where(argument => argument.Contains("-file=", StringComparison.Ordinal)))
        {
            string path = argument.Split('=')[1];
            Assert.True(File.Exists(path), argument);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }

        Assert.Equal($"{files.AdministratorToken},admin,admin,system:masters\n", File.ReadAllText(files.Of("tokens.csv")));
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", File.ReadAllText(files.Of("service-account.pub")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Etcd_starts_forgets_its_history_when_told_and_ends()
    {
        string? program = FindEtcd();
        Assert.SkipWhen(program is null, "etcd is neither in KUBEBUILDER_ASSETS nor on the PATH (Debian: etcd-server).");
        using ControlPlaneFiles files = new();
        Uri address;
        await using (Etcd etcd = await Etcd.StartAsync(program!, files.EtcdData))
        {
            address = etcd.Address;
            await PutAsync(etcd, "old");
            long first = await etcd.RevisionAsync();
            await PutAsync(etcd, "new");
            Assert.Equal(first + 1, await etcd.RevisionAsync());
            Assert.Equal("old", await GetAsync(etcd, first));
            await etcd.CompactAsync();
            InvalidOperationException gone = await Assert.ThrowsAsync<InvalidOperationException>(() => GetAsync(etcd, first));
            Assert.Contains("compacted", gone.Message, StringComparison.Ordinal);
            Assert.Equal("new", await GetAsync(etcd, first + 1));
        }

        using HttpClient http = new();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetStringAsync(new Uri(address, "/health"), TestContext.Current.CancellationToken));
    }

    /// <summary>The start and end of the backend for a given cluster, tested with a cluster of our own.</summary>
    [Fact]
    public async Task A_given_cluster_gets_one_namespace_and_is_left_without_it()
    {
        await using LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            new LocalCluster.LocalClusterOptions { RunProcesses = false, EnforceRbac = true }, TestContext.Current.CancellationToken);
        string name;
        await using (Backend backend = await GivenBackend.OpenAsync(cluster.KubeconfigPath, Needs.None))
        {
            name = backend.Namespace;
            await backend.PrepareAsync();
            Assert.NotNull(cluster.Get("Namespace", null, name));
            Assert.NotNull(cluster.Get("Role", name, Backend.Account));
            Assert.Empty(await backend.Api.ItemsAsync(backend.Slices));
        }

        await Wait.UntilAsync(
            () => Task.FromResult(cluster.Get("Namespace", null, name)), left => left is null, Wait.Limit, "The namespace is deleted",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_missing_right_on_a_given_cluster_skips_and_says_which()
    {
        await using LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            new LocalCluster.LocalClusterOptions { RunProcesses = false, EnforceRbac = true }, TestContext.Current.CancellationToken);
        await using Backend backend = await GivenBackend.OpenAsync(cluster.ServiceAccountKubeconfig("default", "default"), Needs.None);
        string? skip = null;
        try
        {
            await backend.PrepareAsync();
        }
        catch (Exception exception) when (exception.GetType().Name == "SkipException")
        {
            // Assert.Throws would pass it on, and skip this test as well.
            skip = exception.Message;
        }

        Assert.Contains("may not do this: namespaces is forbidden", skip, StringComparison.Ordinal);
    }

    private static string? FindEtcd() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(':').Prepend(Environment.GetEnvironmentVariable(Assets.Variable) ?? string.Empty)
            .Where(folder => folder.Length > 0).Select(folder => System.IO.Path.Combine(folder, "etcd")).FirstOrDefault(File.Exists);

    private static Task<JsonNode> PutAsync(Etcd etcd, string value) =>
        etcd.AskAsync("/v3/kv/put", new JsonObject { ["key"] = Encode("key"), ["value"] = Encode(value) });

    private static async Task<string> GetAsync(Etcd etcd, long revision)
    {
        JsonNode answer = await etcd.AskAsync("/v3/kv/range", new JsonObject { ["key"] = Encode("key"), ["revision"] = revision });
        return Encoding.UTF8.GetString(Convert.FromBase64String(answer["kvs"]![0]!["value"]!.GetValue<string>()));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
