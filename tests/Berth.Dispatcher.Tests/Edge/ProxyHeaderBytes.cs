using System.Net;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Headers of PROXY protocol version 2, as a load balancer writes them.</summary>
internal static class ProxyHeaderBytes
{
    private static readonly byte[] s_signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

    /// <summary>A header of the load balancer's own health check, with addresses that do not count.</summary>
    public static byte[] Local { get; } = [.. s_signature, 0x20, 0x11, 0, 12, .. new byte[12]];

    /// <summary>A header that states a client, with a field behind the addresses as AWS adds one.</summary>
    public static byte[] Of(string client)
    {
        byte[] source = IPAddress.Parse(client).GetAddressBytes();
        byte[] rest = [.. source, .. source, 0x30, 0x39, 0x1f, 0x40, 0xea, 0x00, 0x02, 0x01, 0x02];
        byte family = source.Length == 4 ? (byte)0x11 : (byte)0x21;
        return [.. s_signature, 0x21, family, 0, (byte)rest.Length, .. rest];
    }
}
