namespace Berth.Dns;

/// <summary>The way in: a directory of endpoints over DNS, in one call.</summary>
public static class DnsEndpoints
{
    /// <summary>Connects to the DNS of the cluster that this program runs in. Nothing is asked before the first target.</summary>
    /// <param name="options">Which servers are asked and how, or null for the defaults.</param>
    /// <param name="directoryOptions">What the directory needs from outside, or null for the defaults.</param>
    /// <returns>The directory, to be disposed by the caller. It disposes the source.</returns>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static EndpointDirectory Connect(DnsEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null) =>
        new(new DnsEndpointSource(options), directoryOptions);
}
