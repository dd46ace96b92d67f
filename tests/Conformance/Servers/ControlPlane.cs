using System.Net;
using Berth.Conformance.Api;
using Berth.TestKit;

namespace Berth.Conformance.Servers;

/// <summary>A real kube-apiserver over a real etcd, with RBAC and without controllers.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Assets _assets;
    private readonly ControlPlaneFiles _files;
    private readonly Etcd _etcd;
    private readonly int _port = FreePorts.Take();
    private ChildProcess? _server;

    private ControlPlane(Assets assets, ControlPlaneFiles files, Etcd etcd)
    {
        _assets = assets;
        _files = files;
        _etcd = etcd;
    }

    public Uri Server => new($"https://127.0.0.1:{_port}");

    public string AuthorityPem => _files.AuthorityPem;

    public static async Task<ControlPlane> StartAsync(Assets assets)
    {
        ControlPlaneFiles files = new();
        Etcd etcd;
        try
        {
            etcd = await Etcd.StartAsync(assets.Etcd, files.EtcdData);
        }
        catch
        {
            files.Dispose();
            throw;
        }

        ControlPlane plane = new(assets, files, etcd);
        try
        {
            await plane.StartServerAsync();
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>The administrator's way in.</summary>
    public KubeApi NewApi() => KubeClients.NewApi(Server, KubeClients.Authorities(AuthorityPem), _files.AdministratorToken);

    /// <summary>Ends the server, does something meanwhile, and starts it on the same port and data.</summary>
    public async Task RestartAsync(Func<Task> whileDown)
    {
        await StopServerAsync();
        await whileDown();
        await StartServerAsync();
    }

    /// <summary>The server keeps the last events in memory even after etcd has dropped them, so it must restart too.</summary>
    public async Task CompactAsync()
    {
        await _etcd.CompactAsync();
        await RestartAsync(() => Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        await _etcd.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>The flags, of https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (1.36).</summary>
    public static IReadOnlyList<string> Arguments(ControlPlaneFiles files, Uri etcd, int port) =>
    [
        $"--etcd-servers={etcd.GetLeftPart(UriPartial.Authority)}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        $"--secure-port={port}",
        // A restarted server uses a port that was just in use.
        "--permit-address-sharing=true",
        $"--cert-dir={files.Of("certificates")}",
        $"--tls-cert-file={files.Of("serving.crt")}",
        $"--tls-private-key-file={files.Of("serving.key")}",
        $"--token-auth-file={files.Of("tokens.csv")}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        $"--service-account-key-file={files.Of("service-account.pub")}",
        $"--service-account-signing-key-file={files.Of("service-account.key")}",
        "--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112",
        // It waits for a "default" service account in each namespace, which a controller would make.
        "--disable-admission-plugins=ServiceAccount",
        "--allow-privileged=true",
        // No test reads the Endpoints of the Service "kubernetes", and they must not contain a loopback address.
        "--endpoint-reconciler-type=none",
    ];

    private async Task StartServerAsync()
    {
        _server = new ChildProcess(_assets.ApiServer, Arguments(_files, _etcd.Address, _port));
        using HttpClient http = KubeClients.New(Server, KubeClients.Authorities(AuthorityPem), _files.AdministratorToken);
        await _server.WaitUntilUpAsync(() => IsReadyAsync(http), Patience);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(
                new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task StopServerAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }
}
