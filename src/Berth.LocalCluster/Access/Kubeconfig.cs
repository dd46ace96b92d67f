namespace Berth.LocalCluster.Access;

/// <summary>Writes kubeconfig text, as kubectl and every client library read it.</summary>
internal static class Kubeconfig
{
    public static string Write(Uri server, string authorityPem, string user, string credential, string @namespace = "default") => $"""
        apiVersion: v1
        kind: Config
        current-context: berth-local
        clusters:
        - name: berth-local
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem))}
        users:
        - name: "{user}"
          user:
            {credential}
        contexts:
        - name: berth-local
          context:
            cluster: berth-local
            user: "{user}"
            namespace: {@namespace}

        """;
}
