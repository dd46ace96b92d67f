using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Dispatcher.Tests;

/// <summary>The number of connections that the kernel keeps until service A accepts them, as the kernel itself states it.</summary>
public sealed partial class BacklogTests
{
    private const int Wanted = 4096;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_transports_listen_with_a_backlog_for_a_burst(bool firstLook)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The state of a listening socket is read as Linux gives it.");
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(plain: firstLook);
        int port = new Uri(fixture.Server.Addresses[0]).Port;
        string most = await File.ReadAllTextAsync("/proc/sys/net/core/somaxconn", DispatcherFixture.Cancelled);

        Assert.Equal(Math.Min(Wanted, int.Parse(most, CultureInfo.InvariantCulture)), BacklogOf(port));
    }

    /// <summary>Finds the socket of this process that listens on a port of IPv4, and reads its struct tcp_info (linux/tcp.h).</summary>
    private static int BacklogOf(int port)
    {
        const int Tcp = 6;
        const int TcpInfo = 11;
        const byte Listening = 10;
        // For a listening socket, tcpi_sacked is the largest number of connections that wait.
        const int Sacked = 28;
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            int file = int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            byte[] info = new byte[Sacked + sizeof(int)];
            byte[] name = new byte[128];
            (int infoLength, int nameLength) = (info.Length, name.Length);
            bool isIt = GetOption(file, Tcp, TcpInfo, info, ref infoLength) == 0 && infoLength == info.Length && info[0] == Listening
                && GetName(file, name, ref nameLength) == 0 && BinaryPrimitives.ReadUInt16BigEndian(name.AsSpan(2)) == port;
            if (isIt)
                return BinaryPrimitives.ReadInt32LittleEndian(info.AsSpan(Sacked));
        }

        throw new InvalidOperationException($"No socket of this process listens on port {port}.");
    }

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetOption(int file, int level, int name, Span<byte> value, ref int length);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetName(int file, Span<byte> name, ref int length);
}
