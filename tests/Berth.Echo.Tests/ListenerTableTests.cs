using System.Net;
using System.Net.Sockets;
using Berth.Echo.Sockets;
using Berth.TestKit;

namespace Berth.Echo.Tests;

/// <summary>The processes that listen, as told by a folder that looks like /proc, and by the real one.</summary>
public sealed class ListenerTableTests : IDisposable
{
    private const string Heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private readonly TestFolder _proc = new();

    public void Dispose() => _proc.Dispose();

    [Theory]
    [InlineData("127.0.0.1", 7)]
    [InlineData("10.0.0.9", 8)]
    [InlineData("::1", 9)]
    [InlineData("fd00::1", 8)]
    public void The_socket_that_is_bound_to_the_address_comes_before_those_of_any(string address, int process)
    {
        Listen("tcp", "0100007F:0BB8 00000000:0000 0A", "7");
        Listen("tcp6", "00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A", "8");
        Listen("tcp6", "00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A", "9");
        for (int i = 7; i <= 9; i++)
            Process(i, $"b-{i}", $"{i}");

        PortOwner owner = Assert.Single(new ListenerTable(_proc.Root).Find(IPAddress.Parse(address), 3000));
        Assert.Equal((true, process, $"b-{process}"), (owner.IsVisible, owner.Process, owner.Pod));
    }

    [Fact]
    public void A_socket_of_no_process_here_belongs_to_another_pod()
    {
        Listen("tcp", "00000000:0BB8 00000000:0000 0A", "7");
        Process(1, "b-0", "5");
        string? fault = PortProbe.FindOwnerFault(new ListenerTable(_proc.Root), "127.0.0.1", 3000, PodIdentity.FromName("b-0", "games"));

        Assert.Contains("a process outside this pod listens there, not b-0", fault, StringComparison.Ordinal);
    }

    [Theory]
    // A client's socket, another port, and a socket that is bound elsewhere say nothing of who answers.
    [InlineData("0100007F:0BB8 0100007F:9999 01")]
    [InlineData("0100007F:0BB9 00000000:0000 0A")]
    [InlineData("0900000A:0BB8 00000000:0000 0A")]
    [InlineData("garbage")]
    public void Without_a_listener_nothing_is_claimed(string line)
    {
        Listen("tcp", line, "7");
        Assert.Null(PortProbe.FindOwnerFault(new ListenerTable(_proc.Root), "127.0.0.1", 3000, PodIdentity.FromName("b-0")));
    }

    [Theory]
    [InlineData("POD_NAME=b-0\0POD_NAMESPACE=games\0", true)]
    [InlineData("PATH=/bin\0", true)]
    [InlineData("POD_NAME=\0", true)]
    [InlineData("POD_NAME=b-0\0POD_NAMESPACE=other\0", false)]
    [InlineData("POD_NAME=c-0\0POD_NAMESPACE=games\0", false)]
    public void A_process_that_names_another_pod_is_no_own(string environment, bool own)
    {
        Listen("tcp6", "00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A", "7");
        Process(1, null, "7");
        _proc.Write("1/environ", environment);

        string? fault = PortProbe.FindOwnerFault(new ListenerTable(_proc.Root), "localhost", 3000, PodIdentity.FromName("b-0", "games"));
        Assert.Equal(own, fault is null);
    }

    [Fact]
    public void Two_that_share_a_port_must_both_be_own()
    {
        // SO_REUSEPORT: the kernel deals connections out to both.
        Listen("tcp", "00000000:0BB8 00000000:0000 0A", "7");
        Listen("tcp", "00000000:0BB8 00000000:0000 0A", "8");
        Process(1, "b-0", "7");
        Assert.NotNull(PortProbe.FindOwnerFault(new ListenerTable(_proc.Root), "127.0.0.1", 3000, PodIdentity.FromName("b-0")));
        Process(2, "b-0", "8");
        Assert.Null(PortProbe.FindOwnerFault(new ListenerTable(_proc.Root), "127.0.0.1", 3000, PodIdentity.FromName("b-0")));
    }

    [Theory]
    [InlineData("b-0")]
    [InlineData("c-0")]
    public void The_processes_of_the_pod_are_read_first(string pod)
    {
        Listen("tcp", "00000000:0BB8 00000000:0000 0A", "7");
        Process(1, "c-0", "7");
        Process(2, "b-0", "7");

        Assert.Equal(pod, Assert.Single(new ListenerTable(_proc.Root).Find(IPAddress.Any, 3000, likely: PodIdentity.FromName(pod))).Pod);
    }

    [Fact]
    public void Without_proc_nothing_is_known() =>
        Assert.Empty(new ListenerTable(Path.Combine(_proc.Root, "none")).Find(IPAddress.Loopback, 3000));

    [Fact]
    public void This_process_is_found_on_Linux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        tcp.Listen();
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Equal(Environment.ProcessId, Assert.Single(Find(tcp, isTcp: true)).Process);
        Assert.Equal(Environment.ProcessId, Assert.Single(Find(udp, isTcp: false)).Process);
    }

    private static IReadOnlyList<PortOwner> Find(Socket socket, bool isTcp) =>
        ListenerTable.OfThisMachine.Find(IPAddress.Loopback, ((IPEndPoint)socket.LocalEndPoint!).Port, isTcp);

    private void Listen(string file, string line, string inode)
    {
        string path = Path.Combine(_proc.Root, "net", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string before = File.Exists(path) ? File.ReadAllText(path) : Heading;
        File.WriteAllText(path, before + $"   0: {line} 00000000:00000000 00:00000000 00000000 65532        0 {inode} 1 0 100 0 0 10 0\n");
    }

    private void Process(int id, string? pod, params string[] inodes)
    {
        string folder = Path.Combine(_proc.Root, $"{id}", "fd");
        Directory.CreateDirectory(folder);
        foreach (string inode in inodes)
            File.CreateSymbolicLink(Path.Combine(folder, inode), $"socket:[{inode}]");
        if (pod is not null)
            File.WriteAllText(Path.Combine(_proc.Root, $"{id}", "environ"), $"POD_NAME={pod}\0");
    }
}
