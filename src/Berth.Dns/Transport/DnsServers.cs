using System.Net;

namespace Berth.Dns.Transport;

/// <summary>The servers to ask: those given, or those of a file in the format of resolv.conf(5).</summary>
internal sealed class DnsServers(IReadOnlyList<IPEndPoint> given, string path)
{
    private const int DefaultPort = 53;

    // As in the C library, which ignores further servers.
    private const int MaxFromFile = 3;

    /// <summary>Returns the servers in the order of asking. The file is read each time, because a laptop changes networks.</summary>
    /// <exception cref="EndpointSourceException">The file cannot be read, or names no server.</exception>
    public IReadOnlyList<IPEndPoint> Find()
    {
        if (given.Count > 0)
            return given;
        IReadOnlyList<IPEndPoint> found;
        try
        {
            found = Parse(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EndpointSourceException(
                $"The list of DNS servers in {path} cannot be read: {exception.Message} Make it readable, " +
                "or give the servers as an option.",
                exception);
        }

        return found.Count > 0
            ? found
            : throw new EndpointSourceException(
                $"{path} names no DNS server. Add a line 'nameserver ADDRESS', or give the servers as an option.");
    }

    internal static IReadOnlyList<IPEndPoint> Parse(IEnumerable<string> lines)
    {
        List<IPEndPoint> servers = [];
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == "nameserver" && IPAddress.TryParse(words[1], out IPAddress? address)
                && servers.Count < MaxFromFile)
                servers.Add(new IPEndPoint(address, DefaultPort));
        }

        return servers;
    }
}
