using System.Net;
using System.Runtime.InteropServices;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Finds where the processes of a pod listen, from Linux's <c>/proc</c>. All pods share the network of this machine, so a listener at
/// 127.0.0.1 counts only for the pod whose process has opened it.
/// </summary>
internal static class PodListeners
{
    private const string Root = "/proc";

    // include/net/tcp_states.h
    private const string Listening = "0A";

    /// <summary>Returns the address to connect to. It is the address of the pod unless the pod listens only at localhost.</summary>
    /// <param name="pod">The address of the pod.</param>
    /// <param name="leaders">The first processes of its containers.</param>
    /// <param name="port">The TCP port.</param>
    public static IPAddress Find(IPAddress pod, IReadOnlyCollection<int> leaders, int port)
    {
        if (leaders.Count == 0 || !OperatingSystem.IsLinux())
            return pod;
        try
        {
            List<(IPAddress Address, string Socket)> open = [.. Sockets(port)];
            if (!open.Exists(static socket => IPAddress.IsLoopback(socket.Address)))
                return pod;
            HashSet<string> own = SocketsOf(Members([.. leaders]), [.. open.Select(static socket => socket.Socket)]);
            List<IPAddress> addresses = [.. open.Where(socket => own.Contains(socket.Socket)).Select(static socket => socket.Address)];
            bool IsAtPod(IPAddress address) => address.Equals(pod) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
            return addresses.Exists(IsAtPod) ? pod
                : addresses.Find(static address => address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback)) ?? pod;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return pod;
        }
    }

    /// <summary>The sockets that listen on a port: their addresses and the names that <c>PID/fd</c> has for them.</summary>
    private static IEnumerable<(IPAddress Address, string Socket)> Sockets(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string path in ((string[])["tcp", "tcp6"]).Select(static file => $"{Root}/net/{file}").Where(File.Exists))
        {
            foreach (string line in File.ReadLines(path).Skip(1))
            {
                // sl, local address, remote address, state, ..., inode
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                    yield return (ParseAddress(fields[1][..^suffix.Length]), $"socket:[{fields[9]}]");
            }
        }
    }

    /// <summary>Words of 32 bits, each as the memory of this machine has it.</summary>
    private static IPAddress ParseAddress(string hex)
    {
        uint[] words = [.. Enumerable.Range(0, hex.Length / 8)
            .Select(i => uint.Parse(hex.AsSpan(i * 8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        IPAddress address = new(MemoryMarshal.AsBytes(words.AsSpan()));
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>The processes of containers: those of their sessions, and those that these have started.</summary>
    private static HashSet<int> Members(HashSet<int> leaders)
    {
        Dictionary<int, (int Parent, int Session)> all = [];
        foreach (string folder in Directory.EnumerateDirectories(Root))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) && Read(folder) is { } process)
                all[id] = process;
        }

        bool IsMember(int id)
        {
            // A process that is gone meanwhile ends the walk.
            for (int steps = 0; steps < all.Count && all.TryGetValue(id, out (int Parent, int Session) process); steps++)
            {
                if (leaders.Contains(id) || leaders.Contains(process.Session))
                    return true;
                id = process.Parent;
            }

            return false;
        }

        return [.. all.Keys.Where(IsMember)];
    }

    /// <summary>The parent and the session of a process; null if it has ended.</summary>
    private static (int Parent, int Session)? Read(string folder)
    {
        try
        {
            // pid (name) state parent group session; a name may contain anything.
            string text = File.ReadAllText(folder + "/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static HashSet<string> SocketsOf(HashSet<int> processes, HashSet<string> wanted)
    {
        HashSet<string> found = [];
        foreach (int id in processes)
        {
            try
            {
                foreach (string file in Directory.EnumerateFileSystemEntries($"{Root}/{id.ToString(CultureInfo.InvariantCulture)}/fd"))
                {
                    if (new FileInfo(file).LinkTarget is { } target && wanted.Contains(target))
                        found.Add(target);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The process has ended, or belongs to another user.
            }
        }

        return found;
    }
}
