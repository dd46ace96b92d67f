using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Berth.Cli.Files;
using Berth.Cli.Hosting;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Up;

/// <summary>Asks the cluster of another <c>berth up</c> for a fault, through the kubeconfig that it wrote.</summary>
internal static class FaultClient
{
    /// <summary>Asks for a fault.</summary>
    /// <param name="kubeconfig">Path of the kubeconfig that the cluster wrote.</param>
    /// <param name="fault">kill-pod, stop-node, start-node, cut-api, pause-api, drop-watches, compact or expire-tokens.</param>
    /// <param name="parameters">The namespace and pod, the node, or the seconds.</param>
    /// <returns>A sentence that says what happens now.</returns>
    /// <exception cref="HttpRequestException">The cluster does not answer: it has ended, or its API is cut.</exception>
    public static async Task<string> AskAsync(string kubeconfig, string fault, IReadOnlyDictionary<string, string> parameters)
    {
        (Uri server, string token, X509Certificate2 authority) = Read(kubeconfig);
        using X509Certificate2 root = authority;
        using SocketsHttpHandler handler = new() { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        using HttpClient http = new(handler);
        string query = string.Join('&', parameters.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server, $"/berth/faults/{fault}?{query}"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using HttpResponseMessage response = await http.SendAsync(request).ConfigureAwait(false);
        string? message = MessageOf(await response.Content.ReadAsStringAsync().ConfigureAwait(false));
        return response.StatusCode switch
        {
            HttpStatusCode.OK when message is not null => message,
            HttpStatusCode.Unauthorized =>
                throw CommandException.Usage(
                    $"{server} does not know the token of {kubeconfig}. The cluster that wrote it has ended, and another one is there."),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound when message is not null
                && !message.StartsWith("the server could not", StringComparison.Ordinal) =>
                throw CommandException.Usage($"The cluster refused: {message}."),
            _ =>
                throw CommandException.Usage(
                    $"{server} answered {(int)response.StatusCode}: it is not a cluster that berth up runs. Faults are for those only."),
        };
    }

    private static string? MessageOf(string text)
    {
        if (!text.StartsWith('{'))
            return null;
        using JsonDocument answer = JsonDocument.Parse(text);
        return answer.RootElement.TryGetProperty("message", out JsonElement message) ? message.GetString() : null;
    }

    private static (Uri Server, string Token, X509Certificate2 Authority) Read(string kubeconfig)
    {
        YamlMappingNode body = YamlFile.Read(kubeconfig);
        YamlMappingNode? cluster = body.Maps("clusters").FirstOrDefault()?.Map("cluster");
        string? token = body.Maps("users").FirstOrDefault()?.Map("user").Text("token");
        return cluster?.Text("server") is { Length: > 0 } server && cluster.Text("certificate-authority-data") is { Length: > 0 } authority
            && !string.IsNullOrEmpty(token)
            ? (new Uri(server), token, X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(authority))))
            : throw CommandException.Usage($"{kubeconfig} is not a kubeconfig that berth up wrote. Give the one that it printed.");
    }
}
