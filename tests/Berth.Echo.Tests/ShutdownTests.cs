using System.Net.Sockets;
using Berth.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Echo.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Stop_accepts_no_connection_and_lets_a_session_end()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = await echo.ConnectAsync();
        await EchoFixture.SendAsync(client, "before\n");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} before\n");

        Task stopped = echo.Server.StopAsync(EchoFixture.Cancelled);

        // The listener is closed without a wait, so the next connection is refused once the stop has started.
        await RefusedAsync(echo);
        await EchoFixture.SendAsync(client, "after\n");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} after\n");
        Assert.False(stopped.IsCompleted);

        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await EchoFixture.ReadToEndAsync(client));
        await stopped.WaitAsync(Wait.Limit, EchoFixture.Cancelled);
    }

    [Fact]
    public async Task A_session_that_does_not_end_is_cut_when_the_drain_is_over()
    {
        TestClock time = new();
        RecordingLogger logger = new() { MinLevel = LogLevel.Information };
        await using EchoFixture echo = EchoFixture.Start(
            static port => new EchoOptions { Port = port, Drain = TimeSpan.FromSeconds(30) }, logger, time);
        using Socket client = await echo.ConnectAsync();
        await EchoFixture.SendAsync(client, "a\n");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} a\n");

        Task stopped = echo.Server.StopAsync(EchoFixture.Cancelled);
        // The log line comes before the limit.
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), EchoFixture.Cancelled);
        Assert.Contains(logger.Texts, static text => text.Contains("Open sessions: 1; time to end: 30 s.", StringComparison.Ordinal));
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(stopped.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await stopped.WaitAsync(Wait.Limit, EchoFixture.Cancelled);
        Assert.Contains("Stopped; sessions cut: 1.", logger.Texts);
        Assert.Empty(await EchoFixture.ReadToEndAsync(client));
    }

    [Fact]
    public async Task Stopping_without_sessions_takes_no_time_and_frees_the_port()
    {
        FakeTimeProvider time = new();
        EchoFixture echo = EchoFixture.Start(time: time);
        int port = echo.Port;

        await echo.Server.StopAsync(EchoFixture.Cancelled).WaitAsync(Wait.Limit, EchoFixture.Cancelled);

        await using EchoServer again = EchoServer.Start(new EchoOptions { Port = port }, new RecordingLogger(), time);
        Assert.Equal(port, again.LocalEndPoint.Port);
    }

    [Fact]
    public async Task A_second_signal_cuts_the_drain_short()
    {
        await using EchoFixture echo = EchoFixture.Start(time: new FakeTimeProvider());
        using Socket client = await echo.ConnectAsync();
        await EchoFixture.SendAsync(client, "a\n");
        await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} a\n");
        using CancellationTokenSource hurry = new();

        Task stopped = echo.Server.StopAsync(hurry.Token);
        Assert.False(stopped.IsCompleted);
        await hurry.CancelAsync();

        await stopped.WaitAsync(Wait.Limit, EchoFixture.Cancelled);
        Assert.Equal(0, echo.Server.SessionCount);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_one_that_speaks_is_not()
    {
        TestClock time = new();
        RecordingLogger logger = new() { MinLevel = LogLevel.Information };
        await using EchoFixture echo = EchoFixture.Start(
            static port => new EchoOptions { Port = port, IdleTimeout = TimeSpan.FromSeconds(60) }, logger, time);
        using Socket client = await echo.ConnectAsync();
        await IdleSetAsync();
        for (int i = 0; i < 3; i++)
        {
            await EchoFixture.SendAsync(client, "a\n");
            await EchoFixture.ExpectAsync(client, $"127.0.0.1:{echo.Port} a\n");
            // Once when the line has come, and once after the answer was sent: the client may have it before that.
            await IdleSetAsync();
            await IdleSetAsync();
            time.Advance(TimeSpan.FromSeconds(40));
        }

        Assert.Equal(1, echo.Server.SessionCount);
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Empty(await EchoFixture.ReadToEndAsync(client));
        await logger.WaitForAsync("it was idle for too long", EchoFixture.Cancelled);

        Task IdleSetAsync() => time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(60), EchoFixture.Cancelled);
    }

    /// <summary>Connects until it is refused: what was in the queue before the stop is no failure of it.</summary>
    private static async Task RefusedAsync(EchoFixture echo)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(EchoFixture.Cancelled);
        limit.CancelAfter(Wait.Limit);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            try
            {
                using Socket late = await echo.ConnectAsync();
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It stood in the queue when the listener closed.
            }
        }
    }
}
