namespace Berth.LocalCluster.Tunnels;

/// <summary>The client of a tunnel sent what cannot be read. It gets the message, a sentence, with the end of the tunnel.</summary>
internal sealed class TunnelException(string message) : Exception(message);
