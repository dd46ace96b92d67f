using System.Net.Security;

namespace Berth.Seats.Tls;

/// <summary>A server's side of TLS. Safe for any number of threads.</summary>
internal interface ITlsServer
{
    /// <summary>The clock of the time for a handshake.</summary>
    TimeProvider Time { get; }

    /// <summary>Finds how TLS answers a client that asks for a host name, or for none.</summary>
    SslServerAuthenticationOptions Find(string? serverName);

    /// <summary>Reports the end of a handshake. Any client can make one fail, so failures must not fill a log.</summary>
    /// <param name="failure">The reason of its failure, or null.</param>
    void TellHandshake(Exception? failure);
}
