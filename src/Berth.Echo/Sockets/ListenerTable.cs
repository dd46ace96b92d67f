using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Berth.Echo.Sockets;

/// <summary>
/// Finds out who listens on a port, from Linux's <c>/proc</c>: <c>net/tcp</c> lists the sockets of the network that this process is on (on
/// the host network those of the node), and <c>PID/fd</c> the sockets of each process that it sees (in a container those of the container).
/// </summary>
/// <param name="root">The folder, <c>/proc</c>. Without it nothing is known.</param>
internal sealed class ListenerTable(string root)
{
    // include/net/tcp_states.h; a bound UDP socket is in the state "closed".
    private const string TcpListening = "0A";
    private const string UdpBound = "07";

    /// <summary>The table of this machine.</summary>
    public static ListenerTable OfThisMachine { get; } = new("/proc");

    /// <summary>
    /// Returns the owners of the sockets that answer at an address and port: of those bound to the address itself, else of those bound to
    /// every address. Empty when this is unknown: there is no such socket, no <c>/proc</c>, or a process whose files may not be read.
    /// </summary>
    /// <param name="address">The address; the unspecified address stands for every socket on the port.</param>
    /// <param name="port">The port.</param>
    /// <param name="isTcp">False for UDP.</param>
    /// <param name="likely">The pod whose processes are read first: those of all pods of a node may have thousands of files.</param>
    public IReadOnlyList<PortOwner> Find(IPAddress address, int port, bool isTcp = true, PodIdentity? likely = null)
    {
        try
        {
            HashSet<string> sockets = isTcp
                ? FindSockets(address, port, ["tcp", "tcp6"], TcpListening)
                : FindSockets(address, port, ["udp", "udp6"], UdpBound);
            return sockets.Count == 0 ? [] : FindOwners(sockets, likely);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private HashSet<string> FindSockets(IPAddress address, int port, string[] files, string state)
    {
        HashSet<string> exact = [];
        HashSet<string> any = [];
        HashSet<string> all = [];
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string path in files.Select(file => Path.Combine(root, "net", file)).Where(File.Exists))
        {
            foreach (string line in File.ReadLines(path).Skip(1))
            {
                // sl, local address, remote address, state, ..., inode
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length < 10 || fields[3] != state || !fields[1].EndsWith(suffix, StringComparison.Ordinal)
                    || ParseAddress(fields[1][..^suffix.Length]) is not { } local)
                    continue;
                all.Add(fields[9]);
                if (local.Equals(address))
                    exact.Add(fields[9]);
                else if (local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any))
                    any.Add(fields[9]);
            }
        }

        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? all : exact.Count > 0 ? exact : any;
    }

    /// <summary>Words of 32 bits, each in the byte order of this machine.</summary>
    private static IPAddress? ParseAddress(string hex)
    {
        if (hex.Length is not (8 or 32))
            return null;
        Span<byte> bytes = stackalloc byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i += sizeof(uint))
        {
            if (!uint.TryParse(hex.AsSpan(i * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint word))
                return null;
            if (BitConverter.IsLittleEndian)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[i..], word);
            else
                BinaryPrimitives.WriteUInt32BigEndian(bytes[i..], word);
        }

        IPAddress address = new(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private List<PortOwner> FindOwners(HashSet<string> sockets, PodIdentity? likely)
    {
        List<PortOwner> owners = [];
        HashSet<string> left = [.. sockets.Select(static inode => $"socket:[{inode}]")];
        bool isWhole = true;
        IEnumerable<string> processes = Directory.EnumerateDirectories(root);
        if (likely is not null)
            processes = processes.OrderByDescending(process => IsProcessOf(process, likely));
        foreach (string process in processes)
        {
            if (!TryReadId(process, out int id))
                continue;
            int before = left.Count;
            isWhole &= TryRemoveOwn(process, left);
            if (left.Count < before)
                owners.Add(new PortOwner(IsVisible: true, id, ReadVariable(process, PodIdentity.NameVariable),
                    ReadVariable(process, PodIdentity.NamespaceVariable)));
            if (left.Count == 0)
                break;
        }

        // A socket without a visible process belongs to a process that is not visible here, but only if the files of all visible processes
        // could be read.
        if (left.Count > 0 && !isWhole)
            return [];
        if (left.Count > 0)
            owners.Add(new PortOwner(IsVisible: false));
        return owners;
    }

    private static bool TryReadId(string process, out int id) =>
        int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static bool IsProcessOf(string process, PodIdentity pod) =>
        TryReadId(process, out _)
        && ReadVariable(process, PodIdentity.NameVariable) == pod.Name
        && ReadVariable(process, PodIdentity.NamespaceVariable) == pod.Namespace;

    /// <summary>Removes the sockets that a process has. Returns false when its files may not be read.</summary>
    private static bool TryRemoveOwn(string process, HashSet<string> sockets)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target)
                    sockets.Remove(target);
            }

            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // The process ended meanwhile, so it has no sockets.
            return true;
        }
    }

    private static string? ReadVariable(string process, string name)
    {
        try
        {
            string start = name + "=";
            string? found = File.ReadAllText(Path.Combine(process, "environ")).Split('\0')
                .FirstOrDefault(variable => variable.StartsWith(start, StringComparison.Ordinal));
            return found is { } text && text.Length > start.Length ? text[start.Length..] : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
