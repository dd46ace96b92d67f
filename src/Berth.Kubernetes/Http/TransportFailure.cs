using System.Net.Sockets;

namespace Berth.Kubernetes.Http;

/// <summary>Describes a failure of the connection as a sentence.</summary>
internal static class TransportFailure
{
    /// <summary>Creates the exception for a request without an answer.</summary>
    internal static KubernetesUnreachableException Unreachable(ClusterAccess access, Exception e) =>
        new($"The API server {access.Server} ({access.Source}) cannot be reached: {Reason(access, e)}.", e);

    /// <summary>Creates the exception for an answer that was cut.</summary>
    internal static KubernetesUnreachableException Cut(ClusterAccess access, Exception e) =>
        new($"The API server {access.Server} broke off its answer: {Innermost(e).Message.TrimEnd('.')}.", e);

    internal static KubernetesUnreachableException Silent(ClusterAccess access, TimeSpan patience) =>
        new($"The API server {access.Server} ({access.Source}) took the request and did not answer within {patience.TotalSeconds:0} s. "
            + "Look at its load and its log.");

    private static string Reason(ClusterAccess access, Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case HandshakeException handshake:
                    return handshake.Message.TrimEnd('.');
                case SocketException socket:
                    return Describe(access, socket);
                case TimeoutException:
                    return "the connection was not made in time. Check the address and the network";
            }
        }

        return $"{Innermost(e).Message.TrimEnd('.')}. Check the address and the network";
    }

    private static string Describe(ClusterAccess access, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused. Check that it runs, and that host and port are right",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"the name {access.Server.IdnHost} could not be resolved. Check it, and the DNS of this machine",
        SocketError.TimedOut => "it does not answer. Check the address and the network",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
            "there is no route to it. Check the address and the network",
        _ => $"{e.Message.TrimEnd('.')}. Check the address and the network",
    };

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
