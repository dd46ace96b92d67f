using System.Buffers;
using System.Runtime.InteropServices;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// One thread that accepts connections and looks at the first bytes of each. It answers those that are a plain request. Others stay unread
/// in the system, and Kestrel gets the socket. It sleeps while nothing arrives, and allocates nothing for a connection that it answers.
/// </summary>
/// <remarks>
/// It answers one request of a connection. A client that asks again keeps its connection, and the threads of Kestrel are more than this.
/// </remarks>
internal sealed unsafe class FirstLookLoop
{
    // The limit keeps new clients from delaying clients that wait for their answer.
    private const int MaxAcceptedAtOnce = 64;
    private const int PauseMilliseconds = 100;
    private const int HeldBackMilliseconds = 100;
    private const int MaxHeldBackWaits = 15;
    private const int MaxLastRounds = 16;
    private const int RequestLength = 4096;

    private static readonly TimeSpan s_maxHeldBack = TimeSpan.FromSeconds(1.5);

    private readonly int _listener;
    private readonly bool _isShared;
    private readonly IPlainAnswers _answers;
    private readonly Action<int, bool> _handOver;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _started;
    private readonly ReadyFiles _ready = new();
    private readonly WaitingSockets _waiting;
    private readonly ArrayBufferWriter<byte> _answer = new(1024);
    private readonly byte[] _request = GC.AllocateUninitializedArray<byte>(RequestLength, pinned: true);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HeldBackClients? _heldBack;
    private int _isStopAsked;
    private bool _isStopping;
    private bool _isPaused;
    private bool _isPauseTold;

    /// <summary>Starts the thread.</summary>
    /// <param name="listener">The socket that listens. It does not block.</param>
    /// <param name="isShared">True when other threads accept from it too.</param>
    /// <param name="answers">Answers plain requests.</param>
    /// <param name="idle">The time that a client has until it must send something.</param>
    /// <param name="handOver">
    /// Takes a socket that is not for here, and true if its next request may be plain. It is called on this thread.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets what goes wrong.</param>
    public FirstLookLoop(
        int listener, bool isShared, IPlainAnswers answers, TimeSpan idle, Action<int, bool> handOver, TimeProvider time, ILogger logger)
    {
        _listener = listener;
        _isShared = isShared;
        _answers = answers;
        _handOver = handOver;
        _time = time;
        _logger = logger;
        _started = time.GetTimestamp();
        _waiting = new WaitingSockets((int)Math.Ceiling(idle.TotalSeconds));
        if (!_ready.TryAdd(listener, isShared))
        {
            int error = LinuxCalls.LastError;
            _ready.Close();
            throw new IOException($"Waiting for connections cannot be set up: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        new Thread(Run, 512 * 1024) { IsBackground = true, Name = "berth first look" }.Start();
    }

    // Times start at 1, because 0 means an empty slot of WaitingSockets.
    private int Now => 1 + (int)_time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>
    /// Accepts no more connections, except for clients that the system keeps back. A waiting connection has no request in progress and is
    /// closed. If a request has just arrived, Kestrel gets the connection. The task ends with the thread.
    /// </summary>
    /// <param name="heldBack">The clients that the system keeps back. It gives them up within about a second.</param>
    public Task StopAsync(HeldBackClients heldBack)
    {
        if (Interlocked.Exchange(ref _isStopAsked, 1) == 0)
        {
            _heldBack = heldBack;
            _ready.Wake();
        }

        return _ended.Task;
    }

    private void Run()
    {
        while (!_isStopping)
            Serve(_isPaused ? PauseMilliseconds : _waiting.IsEmpty ? -1 : 1000);
        ServeHeldBack(_heldBack!);
        while (!_waiting.IsEmpty)
            RunSafely(_waiting.First, isEnd: true);
        _ready.Close();
        _ended.SetResult();
    }

    /// <summary>Waits once, and serves what is ready. Returns the number of ready sockets.</summary>
    private int Serve(int milliseconds)
    {
        int count = _ready.Wait(milliseconds);
        if (_isPaused)
            Resume();
        for (int i = 0; i < count; i++)
        {
            int file = _ready[i];
            if (file == _listener)
            {
                AcceptAll();
            }
            else if (file >= 0)
            {
                RunSafely(file, isEnd: false);
            }
            else
            {
                _isStopping = true;
                _ready.EndWakes();
                break;
            }
        }

        CloseLate();
        return count;
    }

    /// <summary>Serves on until the last client that the system keeps back, or has just given up, is accepted.</summary>
    private void ServeHeldBack(HeldBackClients clients)
    {
        // The waits have a limit too: the clock is the program's, and the time is the system's.
        long from = _time.GetTimestamp();
        for (int waits = 0; waits < MaxHeldBackWaits && _time.GetElapsedTime(from) < s_maxHeldBack && clients.AnyLeft();)
            waits += Serve(HeldBackMilliseconds) == 0 ? 1 : 0;
        int rounds = 0;
        while (rounds < MaxLastRounds && Serve(0) > 0)
            rounds++;
    }

    private void AcceptAll()
    {
        for (int i = 0; i < MaxAcceptedAtOnce; i++)
        {
            int socket = LinuxCalls.Accept(_listener, null, null, LinuxCalls.NonBlockingAndOwn);
            if (socket >= 0)
            {
                _isPauseTold = false;
                RunSafely(socket, isEnd: false);
                continue;
            }

            int error = LinuxCalls.LastError;
            AcceptResult result = AcceptErrors.Judge(error);
            if (result == AcceptResult.Exhausted)
                Pause(error);
            if (result != AcceptResult.Again)
                return;
        }
    }

    private void Pause(int error)
    {
        _ready.Remove(_listener);
        _isPaused = true;
        if (_isPauseTold)
            return;
        _isPauseTold = true;
        Log.AcceptFailed(_logger, Marshal.GetPInvokeErrorMessage(error));
    }

    private void Resume() => _isPaused = !_ready.TryAdd(_listener, _isShared);

    /// <summary>Looks at a connection, or ends it. No exception may leave it: it would end the process.</summary>
    private void RunSafely(int socket, bool isEnd)
    {
        try
        {
            if (isEnd)
                End(socket);
            else
                Look(socket);
        }
        catch (Exception exception)
        {
            // A listener of the meter failed. Kestrel also ends a connection whose middleware failed, and continues.
            Close(socket);
            Log.FirstLookFailed(_logger, exception);
        }
    }

    private void Look(int socket)
    {
        nint count;
        fixed (byte* request = _request)
            count = LinuxCalls.Receive(socket, request, RequestLength, LinuxCalls.Peek);
        bool isWaiting = _waiting.Contains(socket, out bool wasAnswered);
        if (count > 0)
        {
            if (wasAnswered || !TryAnswer(socket, (int)count, isWaiting))
                HandOver(socket, isWaiting, isPlain: wasAnswered);
            return;
        }

        if (count == 0)
            Close(socket);
        else if (LinuxCalls.LastError is not (LinuxCalls.TryAgain or LinuxCalls.Interrupted))
            Close(socket);
        else if (!isWaiting)
            Wait(socket, isWaiting, wasAnswered: false, Now);
    }

    private bool TryAnswer(int socket, int count, bool isWaiting)
    {
        _answer.ResetWrittenCount();
        if (!_answers.TryAnswer(_request.AsSpan(0, count), _answer, isTls: false, out bool close))
            return false;
        // Read before the client can have its answer, so that its time does not start late when this thread is interrupted.
        int now = close ? 0 : Now;
        nint sent;
        ReadOnlySpan<byte> answer = _answer.WrittenSpan;
        fixed (byte* bytes = answer)
            sent = LinuxCalls.Send(socket, bytes, answer.Length, close ? LinuxCalls.NoSignal | LinuxCalls.More : LinuxCalls.NoSignal);
        // The buffer of a new connection is empty and at least 4 KB, so a partial write means that the system has no memory.
        if (sent != answer.Length)
        {
            Close(socket);
            return true;
        }

        // The answer and the end of the connection are one packet. It is sent before Close, which would drop it if the client had sent
        // more.
        if (close)
            _ = LinuxCalls.Shutdown(socket, LinuxCalls.ShutdownSend);
        // Unread data would turn the end of the connection into a reset.
        fixed (byte* request = _request)
            _ = LinuxCalls.Receive(socket, request, close ? RequestLength : count, 0);
        if (close)
            Close(socket);
        else
            Wait(socket, isWaiting, wasAnswered: true, now);
        return true;
    }

    private void Wait(int socket, bool isWaiting, bool wasAnswered, int now)
    {
        _waiting.Remove(socket);
        if (isWaiting || _ready.TryAdd(socket))
            _waiting.Add(socket, now, wasAnswered);
        else
            Close(socket);
    }

    private void HandOver(int socket, bool isWaiting, bool isPlain)
    {
        if (isWaiting)
        {
            _waiting.Remove(socket);
            _ready.Remove(socket);
        }

        _handOver(socket, isPlain);
    }

    private void Close(int socket)
    {
        _waiting.Remove(socket);
        _ = LinuxCalls.Close(socket);
    }

    private void CloseLate()
    {
        if (_waiting.IsEmpty)
            return;
        int now = Now;
        while (_waiting.IsFirstLate(now))
            Close(_waiting.First);
    }

    private void End(int socket)
    {
        nint count;
        fixed (byte* request = _request)
            count = LinuxCalls.Receive(socket, request, 1, LinuxCalls.Peek);
        if (count > 0)
            HandOver(socket, isWaiting: true, isPlain: true);
        else
            Close(socket);
    }
}
