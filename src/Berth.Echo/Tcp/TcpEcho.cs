using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Berth.Echo.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Tcp;

/// <summary>Accepts connections and keeps their sessions.</summary>
internal sealed class TcpEcho(Socket listener, EchoOptions options, ILogger logger, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TcpSession, Task> _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)listener.LocalEndPoint!;

    public int SessionCount => _sessions.Count;

    public void Start() => _accepting = Task.Run(AcceptAllAsync);

    public async Task StopAcceptingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        listener.Dispose();
    }

    public void Dispose()
    {
        listener.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Waits until the last session ends, or until the token is cancelled.</summary>
    public async Task WaitForSessionsAsync(CancellationToken limit)
    {
        while (!_sessions.IsEmpty && !limit.IsCancellationRequested)
            await Task.WhenAll(_sessions.Values).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Closes the remaining sessions.</summary>
    /// <returns>The number of closed sessions.</returns>
    public async Task<int> CloseSessionsAsync()
    {
        // ToArray copies the table atomically. A spread would read the count first, and sessions may end in between.
        KeyValuePair<TcpSession, Task>[] left = _sessions.ToArray();
        foreach ((TcpSession session, _) in left)
            session.Close();
        await Task.WhenAll(left.Select(static s => s.Value)).ConfigureAwait(false);
        return left.Length;
    }

    private async Task AcceptAllAsync()
    {
        CancellationToken stopping = _stopping.Token;
        bool failing = false;
        bool full = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(stopping).ConfigureAwait(false);
                if (failing)
                    Log.AcceptWorks(logger);
                failing = false;
                full = Take(socket, full);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Usually there are too many open files. Only waiting helps, and one log line is enough.
                if (!failing)
                    Log.AcceptFails(logger, exception.Message);
                failing = true;
                await Task.Delay(s_retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Starts a session, or closes the connection at the limit.</summary>
    /// <returns>True while the limit is reached, so that it is logged once.</returns>
    private bool Take(Socket socket, bool wasFull)
    {
        if (_sessions.Count >= options.MaxConnections)
        {
            if (!wasFull)
                Log.Full(logger, options.MaxConnections);
            socket.Dispose();
            return true;
        }

        TcpSession session;
        try
        {
            session = new TcpSession(socket, options, logger, time);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            // The client had already gone.
            if (exception is SocketException)
                return false;
            throw;
        }

        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessions[session] = RunAsync(session, entered.Task);
        entered.SetResult();
        return false;
    }

    private async Task RunAsync(TcpSession session, Task entered)
    {
        // A session must be in the table before it can remove itself.
        await entered.ConfigureAwait(false);
        await session.RunAsync().ConfigureAwait(false);
        _sessions.TryRemove(session, out _);
    }
}
