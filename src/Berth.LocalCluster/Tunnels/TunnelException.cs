namespace Berth.LocalCluster.Tunnels;

/// <summary>
/// The client of a tunnel sent something that cannot be read. The client gets the message, a sentence, when the tunnel ends.
/// </summary>
internal sealed class TunnelException(string message) : Exception(message);
