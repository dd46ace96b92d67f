using Berth.Checks;

namespace Berth.Dns;

/// <summary>Opens a directory of endpoints over DNS, in one call.</summary>
public static class DnsEndpoints
{
    /// <summary>Connects to the DNS of the cluster that this program runs in. It asks no server before the first target.</summary>
    /// <param name="options">The options of the source, or null for the defaults.</param>
    /// <param name="directoryOptions">The options of the directory, or null for the defaults.</param>
    /// <returns>The directory. Dispose it; it disposes the source.</returns>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static EndpointDirectory Connect(DnsEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null)
    {
        options ??= new DnsEndpointSourceOptions();
        directoryOptions ??= new EndpointDirectoryOptions();
        // Before the source is created, because no caller could dispose it.
        OptionFaults.Throw([.. options.FindFaults(), .. directoryOptions.FindFaults()], nameof(options));
        return new EndpointDirectory(new DnsEndpointSource(options), directoryOptions);
    }
}
