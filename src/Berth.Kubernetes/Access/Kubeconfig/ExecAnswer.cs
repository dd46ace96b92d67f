using System.Globalization;
using System.Text.Json;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>The parsed output of a plugin: the credential and its expiry.</summary>
internal sealed class ExecAnswer
{
    private ExecAnswer(Credential credential, DateTimeOffset? expires)
    {
        Credential = credential;
        Expires = expires;
    }

    internal Credential Credential { get; }

    internal DateTimeOffset? Expires { get; }

    /// <exception cref="ClusterAccessException">
    /// It is not an ExecCredential of the requested version, or contains no credential.
    /// </exception>
    internal static ExecAnswer Parse(ReadOnlyMemory<byte> output, ExecPlugin plugin)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            return Read(document.RootElement, plugin);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No inner exception: it can quote the output, and so the token.
            throw Fault(plugin, "printed something that is not an ExecCredential in JSON");
        }
    }

    private static ExecAnswer Read(JsonElement root, ExecPlugin plugin)
    {
        if (Text(root, "kind") != "ExecCredential")
            throw Fault(plugin, "printed JSON that is not of kind ExecCredential");
        if (Text(root, "apiVersion") != plugin.ApiVersion)
            throw Fault(plugin, $"did not answer in {plugin.ApiVersion}, as the kubeconfig asks");
        if (!root.TryGetProperty("status", out JsonElement status) || status.ValueKind != JsonValueKind.Object)
            throw Fault(plugin, "printed an ExecCredential without a status");

        string? token = Text(status, "token")?.Trim();
        string? certificate = Text(status, "clientCertificateData");
        string? key = Text(status, "clientKeyData");
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(certificate))
            throw Fault(plugin, "printed an ExecCredential with neither a token nor a certificate");
        if (string.IsNullOrEmpty(certificate) != string.IsNullOrEmpty(key))
            throw Fault(plugin, "printed only one of clientCertificateData and clientKeyData");

        ClientCertificate? own = string.IsNullOrEmpty(certificate) ? null : ClientCertificate.Load(
            PemSource.FromText(certificate, $"clientCertificateData of {plugin}"),
            PemSource.FromText(key!, $"clientKeyData of {plugin}"));
        return new ExecAnswer(
            Credential.Bearer(string.IsNullOrEmpty(token) ? null : token, plugin.ToString(), own), Expiry(status, plugin));
    }

    private static DateTimeOffset? Expiry(JsonElement status, ExecPlugin plugin)
    {
        string? text = Text(status, "expirationTimestamp");
        if (string.IsNullOrEmpty(text))
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset expires)
            ? expires
            : throw Fault(plugin, "printed an expirationTimestamp that is not an RFC 3339 time");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ClusterAccessException Fault(ExecPlugin plugin, string what) =>
        new($"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" {what}. Run it by hand to see what it does.");
}
