using System.Runtime.InteropServices;

namespace Berth.Dispatcher.FirstLook;

/// <summary>Waits until one of many sockets has something to read (epoll). For one thread, except <see cref="Wake"/>.</summary>
internal sealed unsafe class ReadyFiles
{
    private const int Capacity = 128;
    private const int OwnOnly = 0x80000;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const uint Readable = 0x1;
    // Of the threads that wait for the same listener, not all are woken for one connection.
    private const uint Exclusive = 1u << 28;

    // The structure is packed on x64: 4 bytes of events, then 8 of data. Elsewhere the data begin at 8.
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly byte* _ready = (byte*)NativeMemory.AllocZeroed(Capacity, 16);
    private readonly int _events;
    private readonly int _signal;

    public ReadyFiles()
    {
        _events = LinuxCalls.CreateEvents(OwnOnly);
        _signal = LinuxCalls.CreateSignal(0, LinuxCalls.NonBlockingAndOwn);
        if (_events < 0 || _signal < 0 || !TryAdd(_signal))
        {
            int error = LinuxCalls.LastError;
            Close();
            throw new IOException($"Waiting for connections cannot be set up: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    /// <summary>Waits for a socket too. False when the system has no memory for it.</summary>
    /// <param name="file">The socket.</param>
    /// <param name="isShared">True when other threads wait for it too.</param>
    public bool TryAdd(int file, bool isShared = false)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = isShared ? Readable | Exclusive : Readable;
        *(long*)(change + s_dataAt) = file;
        return LinuxCalls.ControlEvents(_events, AddOperation, file, change) == 0;
    }

    /// <summary>Waits for a socket no longer. Closing a socket does the same.</summary>
    public void Remove(int file)
    {
        byte* change = stackalloc byte[16];
        _ = LinuxCalls.ControlEvents(_events, RemoveOperation, file, change);
    }

    /// <summary>
    /// Waits until a socket is ready, the time is over, or <see cref="Wake"/> is called. Returns the number of ready sockets.
    /// </summary>
    /// <param name="milliseconds">The time, or -1 for no limit.</param>
    public int Wait(int milliseconds) => Math.Max(0, LinuxCalls.WaitForEvents(_events, _ready, Capacity, milliseconds));

    /// <summary>The ready socket at an index, or -1 for the call of <see cref="Wake"/>.</summary>
    public int this[int index]
    {
        get
        {
            int file = (int)*(long*)(_ready + (index * (s_dataAt + 8)) + s_dataAt);
            return file == _signal ? -1 : file;
        }
    }

    /// <summary>Ends this wait and every later one. For any thread.</summary>
    public void Wake()
    {
        long one = 1;
        _ = LinuxCalls.Write(_signal, &one, sizeof(long));
    }

    /// <summary>Later waits do not end because of <see cref="Wake"/>.</summary>
    public void EndWakes() => Remove(_signal);

    /// <summary>Gives everything back. The thread that waits calls it, at its end.</summary>
    public void Close()
    {
        if (_events >= 0)
            _ = LinuxCalls.Close(_events);
        if (_signal >= 0)
            _ = LinuxCalls.Close(_signal);
        NativeMemory.Free(_ready);
    }
}
