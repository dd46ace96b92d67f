using Berth.Checks;

namespace Berth.Remote;

/// <summary>Opens a directory of endpoints over dispatchers (service A), in one call.</summary>
public static class RemoteEndpoints
{
    /// <summary>Connects to one dispatcher. It sends no request before the first target.</summary>
    /// <param name="dispatcher">The dispatcher's address, such as <c>http://service-a.k8s-example2</c>.</param>
    /// <param name="options">The options of the source, or null for the defaults.</param>
    /// <param name="directoryOptions">The options of the directory, or null for the defaults.</param>
    /// <returns>The directory. Dispose it; it disposes the source.</returns>
    /// <exception cref="ArgumentException">
    /// The address is not valid, or options are outside their ranges; the message names all faults.
    /// </exception>
    public static EndpointDirectory Connect(
        string dispatcher, RemoteEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null) =>
        Connect([dispatcher], options, directoryOptions);

    /// <summary>Connects to the first of several dispatchers that answers.</summary>
    /// <inheritdoc cref="Connect(string, RemoteEndpointSourceOptions?, EndpointDirectoryOptions?)"/>
    /// <param name="dispatchers">The dispatchers' addresses, in the order in which they are asked.</param>
    /// <param name="options">The options of the source, or null for the defaults.</param>
    /// <param name="directoryOptions">The options of the directory, or null for the defaults.</param>
    public static EndpointDirectory Connect(
        IReadOnlyList<string> dispatchers,
        RemoteEndpointSourceOptions? options = null,
        EndpointDirectoryOptions? directoryOptions = null)
    {
        options ??= new RemoteEndpointSourceOptions();
        directoryOptions ??= new EndpointDirectoryOptions();
        // Before the source is created, because no caller could dispose it.
        OptionFaults.Throw(
            [.. RemoteEndpointSource.FindFaults(dispatchers), .. options.FindFaults(), .. directoryOptions.FindFaults()],
            nameof(dispatchers));
        return new EndpointDirectory(new RemoteEndpointSource(dispatchers, options), directoryOptions);
    }
}
