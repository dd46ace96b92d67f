using System.Globalization;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access;

/// <summary>
/// The access of a pod: the API server's address in two environment variables, the rest in files that the kubelet keeps up to date. See
/// <see href="https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/"/>.
/// </summary>
internal static class InClusterAccess
{
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    internal static bool IsPod(ClusterAccessOptions options) =>
        !string.IsNullOrEmpty(options.Environment(HostVariable)) && !string.IsNullOrEmpty(options.Environment(PortVariable));

    // A pod without a mounted token may have a kubeconfig. kubectl decides in the same way.
    internal static bool IsPossible(ClusterAccessOptions options) =>
        IsPod(options) && File.Exists(Path.Combine(options.ServiceAccountFolder, "token"));

    internal static ClusterAccess Load(ClusterAccessOptions options)
    {
        TokenFile token = new(Path.Combine(options.ServiceAccountFolder, "token"), options.TimeProvider, options.Logger);
        token.ReadFirst();
        PemSource authority = PemSource.FromFile(Path.Combine(options.ServiceAccountFolder, "ca.crt"), "the cluster's CA");
        return new ClusterAccess
        {
            Server = Server(options),
            Namespace = ReadNamespace(Path.Combine(options.ServiceAccountFolder, "namespace")),
            Source = "the pod's service account",
            Trust = ServerTrust.Of(authority, logger: options.Logger),
            Credentials = token,
        };
    }

    private static Uri Server(ClusterAccessOptions options)
    {
        string host = options.Environment(HostVariable)!.Trim();
        string port = options.Environment(PortVariable)!.Trim();
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535)
            throw new ClusterAccessException($"{PortVariable} is \"{port}\", which is not a port. "
                + "Set it to a number from 1 to 65535, as Kubernetes does.");

        string bracketed = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        if (Uri.TryCreate($"https://{bracketed}:{number}/", UriKind.Absolute, out Uri? server)
            && server.PathAndQuery == "/" && server.UserInfo.Length == 0)
            return server;
        throw new ClusterAccessException($"{HostVariable} is \"{host}\", which is not a host. "
            + "Set it to the API server's name or address, as Kubernetes does.");
    }

    private static string ReadNamespace(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : "default";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file only gives a default namespace, so a pod may lack it.
            return "default";
        }
    }
}
