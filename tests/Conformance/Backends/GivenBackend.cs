using System.Security.Cryptography.X509Certificates;
using Berth.Conformance.Api;
using k8s;

namespace Berth.Conformance.Backends;

/// <summary>
/// Any cluster, through BERTH_TEST_KUBECONFIG: a separate namespace, deleted at the end. Nothing else in the cluster changes.
/// </summary>
internal sealed class GivenBackend : Backend
{
    public const string Variable = "BERTH_TEST_KUBECONFIG";

    private readonly KubernetesClientConfiguration _access;
    private readonly TokenRequests _tokens;

    private GivenBackend(KubernetesClientConfiguration access, KubeApi api)
        : base(new Uri(access.Host), Pem(access.SslCaCerts), api)
    {
        _access = access;
        _tokens = new TokenRequests(api, Namespace, Patience);
    }

    public override string ServerName => string.IsNullOrEmpty(_access.TlsServerName) ? base.ServerName : _access.TlsServerName;

    /// <summary>Images may have to be pulled.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(3);

    /// <summary>The reason why this backend cannot be used, or null.</summary>
    public static string? Missing(string path) => File.Exists(path) ? null : $"{Variable} is {path}, and there is no such file.";

    public static Task<Backend> OpenAsync(string path, Needs needs)
    {
        Assert.SkipWhen(needs.HasFlag(Needs.ManyPods), "Hundreds of pods are too much to ask of a cluster that is not ours.");
        KubernetesClientConfiguration access = KubernetesClientConfiguration.BuildConfigFromConfigFile(path);
        Assert.SkipWhen(access.SkipTlsVerify, $"{path} skips the verification of the server's certificate, which this suite does not.");
        KubeApi api = KubeClients.NewApi(
            new Uri(access.Host), access.SslCaCerts, access.AccessToken, Certificate(access), granted: $"The user of {path}");
        return Task.FromResult<Backend>(new GivenBackend(access, api));
    }

    public override Task<string> IssueTokenAsync() => _tokens.IssueAsync();

    public override Task ExpireTokensAsync() => _tokens.ExpireAsync();

    public override Task CompactAsync()
    {
        Assert.Skip("A cluster that is not ours is not compacted from outside.");
        return Task.CompletedTask;
    }

    public override Task RestartAsync(Func<Task> whileDown)
    {
        Assert.Skip("The API server of a cluster that is not ours is not restarted.");
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (IsPrepared)
        {
            // Also after a cancelled test: the namespace must not stay in a cluster of others.
            await Api.DeleteAsync($"/api/v1/namespaces/{Namespace}", CancellationToken.None);
        }

        await base.DisposeAsync();
    }

    private static string? Pem(X509Certificate2Collection? authorities) =>
        authorities is { Count: > 0 } ? authorities.ExportCertificatePems() : null;

    private static X509Certificate2? Certificate(KubernetesClientConfiguration access)
    {
        string? certificate = Text(access.ClientCertificateData, access.ClientCertificateFilePath);
        string? key = Text(access.ClientCertificateKeyData, access.ClientKeyFilePath);
        return certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key);
    }

    private static string? Text(string? data, string? file) =>
        !string.IsNullOrEmpty(data) ? System.Text.Encoding.ASCII.GetString(
            Convert.FromBase64String(data)) : string.IsNullOrEmpty(file) ? null : File.ReadAllText(file);
}
