using System.Text.Encodings.Web;

namespace Berth.LocalCluster.Access;

/// <summary>
/// Writes the text of a kubeconfig for kubectl and every client library. Every value is in quotes, because <c>namespace: on</c> would not
/// be a text.
/// </summary>
internal static class Kubeconfig
{
    public static string Write(
        Uri server,
        string authorityPem,
        string user,
        IReadOnlyList<(string Key, string Value)> credentials,
        string @namespace = "default") => $"""
        apiVersion: v1
        kind: Config
        current-context: "berth-local"
        clusters:
        - name: "berth-local"
          cluster:
            server: {Quote(server.GetLeftPart(UriPartial.Authority))}
            certificate-authority-data: {Quote(Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem)))}
        users:
        - name: {Quote(user)}
          user:
            {string.Join("\n    ", credentials.Select(static pair => $"{pair.Key}: {Quote(pair.Value)}"))}
        contexts:
        - name: "berth-local"
          context:
            cluster: "berth-local"
            user: {Quote(user)}
            namespace: {Quote(@namespace)}

        """;

    /// <summary>
    /// YAML reads a text in quotes as JSON does. Only necessary characters are escaped, because people may read the file.
    /// </summary>
    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
