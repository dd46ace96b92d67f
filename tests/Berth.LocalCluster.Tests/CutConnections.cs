using System.Net.Sockets;

namespace Berth.LocalCluster;

/// <summary>
/// A connection that is cut between being made and its first request comes out of .NET's client as a bare SocketException, "not
/// connected", as it then asks for the peer's address. For the caller it is a request that failed, like any other.
/// </summary>
internal sealed class CutConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was exception.", exception);
        }
    }
}
