using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Tests;

public sealed class TcpEchoTests
{
    [Fact]
    public async Task A_line_is_answered_with_the_local_address_in_front()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();

        await EchoFixture.SendAsync(client, "hello\n");

        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} hello\n");
    }

    [Fact]
    public async Task The_local_address_is_the_one_that_was_dialled()
    {
        await using EchoFixture echo = EchoFixture.Start();
        string[] addresses = OperatingSystem.IsLinux() ? ["127.0.0.1", "127.0.0.2"] : ["127.0.0.1"];
        foreach (string address in addresses)
        {
            using Socket client = await echo.ConnectAsync(address);
            await EchoFixture.SendAsync(client, "hello\n");
            await EchoFixture.ExpectAsync(client, $"{address}:{echo.Port} hello\n");
        }
    }

    [Fact]
    public async Task IPv6_is_answered_on_the_same_port()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync("::1");

        await EchoFixture.SendAsync(client, "hello\n");

        await EchoFixture.ExpectAsync(client, $"[::1]:{echo.Port} hello\n");
    }

    [Fact]
    public async Task Each_of_several_lines_in_one_packet_is_answered()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();
        string prefix = $"127.0.0.1:{echo.Port} ";

        await EchoFixture.SendAsync(client, "one\r\n\nthree\n");

        await EchoFixture.ExpectAsync(client, $"{prefix}one\r\n{prefix}\n{prefix}three\n");
    }

    [Fact]
    public async Task Line_in_pieces_is_one_line_once_the_client_sends_lines()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();
        client.NoDelay = true;
        string prefix = $"127.0.0.1:{echo.Port} ";
        await EchoFixture.SendAsync(client, "first\n");
        await EchoFixture.ExpectAsync(client, $"{prefix}first\n");

        foreach (char c in "second")
            await EchoFixture.SendAsync(client, c.ToString());
        await EchoFixture.SendAsync(client, "\n");

        await EchoFixture.ExpectAsync(client, $"{prefix}second\n");
    }

    [Fact]
    public async Task Bytes_without_a_line_end_are_answered_after_a_pause()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();

        await EchoFixture.SendAsync(client, "hello");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} hello");
        await EchoFixture.SendAsync(client, "again");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} again");
    }

    [Fact]
    public async Task Half_closed_client_gets_the_answer_to_its_last_partial_line()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();
        string prefix = $"127.0.0.1:{echo.Port} ";

        await EchoFixture.SendAsync(client, "one\ntail");
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal($"{prefix}one\n{prefix}tail", await EchoFixture.ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_line_above_the_bound_is_answered_in_pieces()
    {
        await using EchoFixture echo = EchoFixture.Start(static port => new EchoOptions { Port = port, MaxLineLength = 8 });
        using Socket client = await echo.ConnectAsync();
        string prefix = $"127.0.0.1:{echo.Port} ";

        await EchoFixture.SendAsync(client, "0123456789abcdefXYZ\n");

        await EchoFixture.ExpectAsync(client, $"{prefix}01234567{prefix}89abcdef{prefix}XYZ\n");
    }

    [Fact]
    public async Task Much_input_comes_back_whole_although_the_client_reads_late()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();
        string line = new string('x', 999) + "\n";
        string answer = $"127.0.0.1:{echo.Port} {line}";
        const int Lines = 8_000;

        Task sending = SendAllAsync(client, line, Lines);
        // More than any socket buffer holds: the server must wait for its client, and go on.
        byte[] expected = Encoding.ASCII.GetBytes(answer);
        byte[] buffer = new byte[expected.Length];
        await using NetworkStream stream = new(client);
        for (int i = 0; i < Lines; i++)
        {
            await stream.ReadExactlyAsync(buffer, EchoFixture.Cancelled);
            Assert.True(buffer.AsSpan().SequenceEqual(expected));
        }

        await sending;
    }

    [Fact]
    public async Task Many_clients_are_served_at_once()
    {
        await using EchoFixture echo = EchoFixture.Start();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using Socket client = await echo.ConnectAsync();
            for (int round = 0; round < 5; round++)
            {
                await EchoFixture.SendAsync(client, $"{i}/{round}\n");
                await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} {i}/{round}\n");
            }
        }));
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_said_once()
    {
        RecordingLogger logger = new() { MinLevel = LogLevel.Information };
        await using EchoFixture echo = EchoFixture.Start(static port => new EchoOptions { Port = port, MaxConnections = 1 }, logger);
        using Socket first = await echo.ConnectAsync();
        await EchoFixture.SendAsync(first, "a\n");
        await EchoFixture.ExpectAsync(first, $"127.0.0.1:{echo.Port} a\n");

        for (int i = 0; i < 2; i++)
        {
            using Socket second = await echo.ConnectAsync();
            Assert.Empty(await EchoFixture.ReadToEndAsync(second));
        }

        Assert.Single(logger.Texts, static l => l.Contains("Full: 1 connections are open", StringComparison.Ordinal));
        await EchoFixture.SendAsync(first, "b\n");
        await EchoFixture.ExpectAsync(first, $"127.0.0.1:{echo.Port} b\n");
    }

    [Fact]
    public async Task Broken_logger_ends_neither_the_server_nor_a_session()
    {
        ThrowingLogger broken = new();
        await using EchoFixture echo = EchoFixture.Start(static port => new EchoOptions { Port = port, MaxConnections = 1 }, broken);
        using (Socket first = await echo.ConnectAsync())
        {
            await EchoFixture.SendAsync(first, "a\n");
            await EchoFixture.ExpectAsync(first, $"127.0.0.1:{echo.Port} a\n");
            // That the server is full is logged by the loop that accepts.
            using Socket second = await echo.ConnectAsync();
            Assert.Empty(await EchoFixture.ReadToEndAsync(second));
        }

        await Wait.UntilAsync(
            () => Task.FromResult(echo.Server.SessionCount), static count => count == 0, Wait.Limit, "the session ends",
            EchoFixture.Cancelled);
        using Socket third = await echo.ConnectAsync();
        await EchoFixture.SendAsync(third, "c\n");
        await EchoFixture.ExpectAsync(third, $"127.0.0.1:{echo.Port} c\n");
        Assert.True(broken.Calls >= 4, $"{broken.Calls} messages");
    }

    [Fact]
    public async Task Connection_is_logged_at_first_data_and_at_its_end_not_per_message()
    {
        RecordingLogger logger = new() { MinLevel = LogLevel.Information };
        await using EchoFixture echo = EchoFixture.Start(logger: logger);
        using Socket client = await echo.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await EchoFixture.SendAsync(client, "abc\n");
            await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} abc\n");
        }

        string who = client.LocalEndPoint!.ToString()!;
        client.Shutdown(SocketShutdown.Send);
        await EchoFixture.ReadToEndAsync(client);
        await logger.WaitForAsync($"{who} left: it ended; 12 bytes in,", EchoFixture.Cancelled);

        Assert.Single(logger.Texts, l => l.StartsWith($"{who} connected to 127.0.0.1:{echo.Port}", StringComparison.Ordinal));
        Assert.Equal(2, logger.Texts.Count(l => l.Contains(who, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        EchoStartException exception = Assert.Throws<EchoStartException>(() => EchoFixture.StartAt(port));

        Assert.Contains($"The port {port} ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another program", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Port_in_use_for_UDP_only_is_refused_and_TCP_is_released()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        int port = FreePorts.Take();
        taken.Bind(new IPEndPoint(IPAddress.Loopback, port));

        Assert.Contains(
            "in use by another program", Assert.Throws<EchoStartException>(() => EchoFixture.StartAt(port)).Message,
            StringComparison.Ordinal);

        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Fact]
    public void All_bad_options_are_named_in_one_message()
    {
        EchoOptions options = new()
        {
            Port = 70_000,
            Drain = TimeSpan.FromSeconds(-1),
            IdleTimeout = TimeSpan.Zero,
            MaxConnections = 0,
            MaxLineLength = 0,
        };

        string message = Assert.Throws<EchoStartException>(
            () => EchoServer.Start(options, new RecordingLogger(), TimeProvider.System)).Message;

        foreach (string part in (string[])
            [
                "Port is 70000. Give 1 to 65535.", "Drain is -00:00:01. Give a duration from 00:00:00 to 1.00:00:00.",
                "IdleTimeout is 00:00:00. Give a duration from 00:00:01 to 1.00:00:00.", "MaxConnections is 0. Give 1 to 1000000.",
                "MaxLineLength is 0. Give 1 to 65536.",
            ])
            Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        EchoOptions options = new() { Port = FreePorts.Take(), BindAddress = IPAddress.Parse("192.0.2.1") };

        string message = Assert.Throws<EchoStartException>(
            () => EchoServer.Start(options, new RecordingLogger(), TimeProvider.System)).Message;

        Assert.Contains("192.0.2.1 is not an address of this machine", message, StringComparison.Ordinal);
    }

    private static async Task SendAllAsync(Socket client, string line, int lines)
    {
        for (int i = 0; i < lines; i++)
            await EchoFixture.SendAsync(client, line);
    }
}
