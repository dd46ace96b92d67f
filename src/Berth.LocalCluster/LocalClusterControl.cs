using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.LocalCluster.Manifests;

namespace Berth.LocalCluster;

/// <summary>A local cluster that runs in another process, reached through the kubeconfig it wrote.</summary>
public static class LocalClusterControl
{
    /// <summary>Asks for a fault, as the members of <see cref="LocalClusterFaults"/> do from within.</summary>
    /// <param name="kubeconfig">Path of the kubeconfig that the cluster wrote.</param>
    /// <param name="fault">kill-pod, stop-node, start-node, cut-api, pause-api, drop-watches, compact or expire-tokens.</param>
    /// <param name="parameters">namespace and pod, node, or seconds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What happens now, as a sentence.</returns>
    /// <exception cref="LocalClusterException">The file is not one that a local cluster wrote, what answers is no local cluster, or it refused.</exception>
    /// <exception cref="HttpRequestException">Nothing answers: the cluster has ended, or its API is cut.</exception>
    public static async Task<string> FaultAsync(string kubeconfig, string fault, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken = default)
    {
        (Uri server, string token, X509Certificate2 authority) = Read(kubeconfig);
        using X509Certificate2 root = authority;
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        using var http = new HttpClient(handler);
        string query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, $"{FaultHandler.Path}{fault}?{query}"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        string text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        string? message = text.StartsWith('{') ? JsonNode.Parse(text).Text("message") : null;
        return response.StatusCode switch
        {
            HttpStatusCode.OK when message is not null => message,
            HttpStatusCode.Unauthorized => throw new LocalClusterException($"{server} does not know the token of {kubeconfig}. The cluster that wrote it has ended, and another one is there."),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound when message is not null && !message.StartsWith("the server could not", StringComparison.Ordinal) =>
                throw new LocalClusterException($"The cluster refused: {message}."),
            _ => throw new LocalClusterException($"{server} answered {(int)response.StatusCode}: it is not a cluster that berth up runs. Faults are for those only."),
        };
    }

    private static (Uri Server, string Token, X509Certificate2 Authority) Read(string kubeconfig)
    {
        JsonObject? body = ManifestReader.ParseYaml(ReadFile(kubeconfig), kubeconfig) is [var first, ..] ? first : null;
        JsonNode? cluster = body.Items("clusters").FirstOrDefault()?["cluster"];
        return cluster.Text("server") is { } server && cluster.Text("certificate-authority-data") is { } authority
            && body.Items("users").FirstOrDefault()?["user"].Text("token") is { } token
            ? (new Uri(server), token, X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(authority))))
            : throw new LocalClusterException($"{kubeconfig} is not a kubeconfig that berth up wrote. Give the one that it printed.");
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LocalClusterException($"{path} cannot be read: {fault.Message} Give the kubeconfig that berth up printed.", fault);
        }
    }
}
