using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Berth.Backoff;
using Berth.Echo.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Tcp;

/// <summary>Accepts connections and keeps their sessions.</summary>
internal sealed class TcpEcho : IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TcpSession, Task> _sessions = new();
    private readonly Socket _listener;
    private readonly EchoOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Supervisor _accepting;
    private bool _failing;
    private bool _full;

    public TcpEcho(Socket listener, EchoOptions options, ILogger logger, TimeProvider time)
    {
        _listener = listener;
        _options = options;
        _logger = logger;
        _time = time;
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _accepting = new Supervisor(AcceptAllAsync, Failed, new SteadyBackoff(s_retry), time);
    }

    public IPEndPoint LocalEndPoint { get; }

    public int SessionCount => _sessions.Count;

    public void Start() => _accepting.Start();

    public async Task StopAcceptingAsync()
    {
        await _accepting.DisposeAsync().ConfigureAwait(false);
        _listener.Dispose();
    }

    public void Dispose() => _listener.Dispose();

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

    private async ValueTask AcceptAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            Socket socket = await _listener.AcceptAsync(stopping).ConfigureAwait(false);
            if (_failing)
                Log.AcceptWorks(_logger);
            _failing = false;
            _full = Take(socket, _full);
        }
    }

    private TimeSpan? Failed(Exception exception)
    {
        // Usually there are too many open files. Only waiting helps, and one log line is enough.
        if (!_failing)
            Log.AcceptFails(_logger, exception.Message);
        _failing = true;
        return null;
    }

    /// <summary>Starts a session, or closes the connection at the limit.</summary>
    /// <returns>True while the limit is reached, so that it is logged once.</returns>
    private bool Take(Socket socket, bool wasFull)
    {
        if (_sessions.Count >= _options.MaxConnections)
        {
            if (!wasFull)
                Log.Full(_logger, _options.MaxConnections);
            socket.Dispose();
            return true;
        }

        TcpSession session;
        try
        {
            session = new TcpSession(socket, _options, _logger, _time);
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
