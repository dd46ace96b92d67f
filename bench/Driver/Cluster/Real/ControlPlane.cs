using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Bench.Processes;

namespace Berth.Bench.Cluster.Real;

/// <summary>
/// A real kube-apiserver over a real etcd, with RBAC and without controllers, in a temporary folder and on free ports of loopback. Its user
/// <c>bench</c> has the rights of a Role; the administrator creates the objects.
/// </summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly FakeAuthority _authority;
    private ServerProcess? _etcd;
    private ServerProcess? _server;
    private HttpClient? _administrator;

    private ControlPlane(DirectoryInfo folder, FakeAuthority authority)
    {
        _folder = folder;
        _authority = authority;
        AppDomain.CurrentDomain.ProcessExit += DeleteFolder;
    }

    /// <summary>A kubeconfig of the user <c>bench</c>.</summary>
    public string Kubeconfig => Of("kubeconfig");

    /// <summary>Both processes, to read their CPU time.</summary>
    public ServerProcess[] Processes => [_etcd!, _server!];

    /// <summary>The client of the administrator.</summary>
    public HttpClient Administrator => _administrator!;

    public static async Task<ControlPlane> StartAsync(Assets assets)
    {
        ControlPlane plane = new(Directory.CreateTempSubdirectory("berth-bench-"), new FakeAuthority());
        try
        {
            await plane.StartProcessesAsync(assets);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an object, from JSON.</summary>
    public Task CreateAsync(string path, string json) => CreateAsync(path, Encoding.UTF8.GetBytes(json));

    /// <summary>Creates an object, from JSON.</summary>
    public Task CreateAsync(string path, byte[] json) => SendAsync(HttpMethod.Post, path, json);

    /// <summary>Allows the user <c>bench</c> some verbs for a kind in a namespace, and creates the namespace.</summary>
    public async Task GrantAsync(string ns, string group, string resource, string verbs)
    {
        await CreateAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{ns}}}"}}""");
        string path = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/";
        await CreateAsync($"{path}roles", $$$"""
            {"metadata":{"name":"bench"},"rules":[{"apiGroups":["{{{group}}}"],"resources":["{{{resource}}}"],"verbs":[{{{verbs}}}]}]}
            """);
        await CreateAsync($"{path}rolebindings", """
            {"metadata":{"name":"bench"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"bench"},
             "subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"bench"}]}
            """);
    }

    /// <summary>Sends JSON as the manager of the objects.</summary>
    public async Task SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json)
    {
        using HttpRequestMessage request = new(method, $"{path}?fieldManager=kube-controller-manager");
        request.Content = new ReadOnlyMemoryContent(json);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await Administrator.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"kube-apiserver answered {method} {path} with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _administrator?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        if (_etcd is not null)
            await _etcd.DisposeAsync();
        _authority.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= DeleteFolder;
        DeleteFolder(null, EventArgs.Empty);
    }

    private void DeleteFolder(object? sender, EventArgs arguments) => _folder.Delete(recursive: true);

    private string Of(string name) => Path.Combine(_folder.FullName, name);

    private async Task StartProcessesAsync(Assets assets)
    {
        string administrator = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        string bench = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        // token, user, uid, groups. The group passes every check of RBAC.
        await File.WriteAllTextAsync(Of("tokens.csv"), $"{administrator},admin,admin,system:masters\n{bench},bench,bench\n");
        using (RSA signing = RSA.Create(2048))
        {
            await File.WriteAllTextAsync(Of("account.key"), signing.ExportRSAPrivateKeyPem());
            await File.WriteAllTextAsync(Of("account.pub"), signing.ExportSubjectPublicKeyInfoPem());
        }

        await File.WriteAllTextAsync(Of("serving.crt"), _authority.Server.ExportCertificatePem());
        await File.WriteAllTextAsync(Of("serving.key"), _authority.ServerKeyPem);
        string peer = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        _etcd = ServerProcess.Start(
            assets.Etcd, "--name=default", $"--data-dir={Of("etcd")}", "--unsafe-no-fsync", "--listen-client-urls", "URL",
            "--advertise-client-urls", "URL", $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}",
            $"--initial-cluster=default={peer}");
        int port = ServerProcess.FreePort();
        _server = ServerProcess.Start(assets.ApiServer, Arguments(port));
        string address = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");
        _administrator = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = Trust() })
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", administrator) },
        };
        await KubeconfigFile.WriteAsync(Kubeconfig, address, _authority.KubeconfigData, bench);
        await WaitUntilReadyAsync();
    }

    // https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (1.36). No controller creates the accounts that the
    // admission plugin ServiceAccount needs, and none maintains the Service "kubernetes".
    private string[] Arguments(int port) =>
    [
        $"--etcd-servers={_etcd!.Url}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={port}",
        $"--cert-dir={Of("certificates")}", $"--tls-cert-file={Of("serving.crt")}", $"--tls-private-key-file={Of("serving.key")}",
        $"--token-auth-file={Of("tokens.csv")}", "--authorization-mode=Node,RBAC",
        "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={Of("account.pub")}",
        $"--service-account-signing-key-file={Of("account.key")}", "--service-cluster-ip-range=10.96.0.0/16",
        "--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none",
    ];

    private SslClientAuthenticationOptions Trust()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_authority.Root);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private async Task WaitUntilReadyAsync()
    {
        for (int i = 0; ; i++)
        {
            try
            {
                using HttpResponseMessage answer = await Administrator.GetAsync("/readyz");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            foreach (ServerProcess process in Processes)
                process.ThrowIfEnded();
            if (i > 600)
                throw new TimeoutException("kube-apiserver is not ready after a minute.");
            await Task.Delay(100);
        }
    }
}
