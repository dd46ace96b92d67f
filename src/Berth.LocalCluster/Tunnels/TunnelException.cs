namespace Berth.LocalCluster.Tunnels;

/// <summary>The client of a tunnel sent what cannot be read. The message is a sentence; the client gets it with the end of the tunnel.</summary>
internal sealed class TunnelException(string message) : Exception(message);
