using System.Globalization;

namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// The clients of a port that are connected for themselves, but that the system still keeps back because they have sent nothing
/// (TCP_DEFER_ACCEPT). If the listener ended now, the system would drop them without a word.
/// </summary>
/// <param name="port">The port that listens.</param>
internal sealed class HeldBackClients(int port)
{
    // /proc/net/tcp: number, local address, remote address, state. TCP_SYN_RECV of the kernel's tcp_states.h.
    private const string SynReceived = "03";

    private readonly HashSet<string> _clients = Read(port);

    /// <summary>True while one of those that were there at first is still kept back. Reads the system's tables.</summary>
    public bool AnyLeft()
    {
        if (_clients.Count > 0)
            _clients.IntersectWith(Read(port));
        return _clients.Count > 0;
    }

    /// <summary>Returns the addresses of a table's clients that a port keeps back.</summary>
    internal static IEnumerable<string> In(IEnumerable<string> lines, int port)
    {
        string end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (string line in lines)
        {
            // A server that was busy has many thousand lines of connections that have ended.
            if (!line.Contains($" {SynReceived} ", StringComparison.Ordinal))
                continue;
            string[] columns = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length == 5 && columns[3] == SynReceived && columns[1].EndsWith(end, StringComparison.Ordinal))
                yield return columns[2];
        }
    }

    private static HashSet<string> Read(int port)
    {
        HashSet<string> clients = [];
        foreach (string table in (ReadOnlySpan<string>)["/proc/net/tcp", "/proc/net/tcp6"])
        {
            try
            {
                clients.UnionWith(In(File.ReadLines(table), port));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A system without this table. Then no client is waited for.
            }
        }

        return clients;
    }
}
