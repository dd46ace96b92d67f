using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Berth.Cli.Hosting;

namespace Berth.Cli.Exec;

/// <summary>
/// The server that <c>berth exec</c> runs. As process 1 of a container must do, it forwards signals, and collects every process that ends
/// below it, orphans too.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ServerProcess : IDisposable
{
    // asm-generic/signal.h; the same on x86_64 and arm64.
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int User1 = 10;
    private const int User2 = 12;
    private const int Terminate = 15;
    private const int WindowChanged = 28;

    private static readonly (PosixSignal Signal, int Number)[] s_forwarded =
    [
        (PosixSignal.SIGTERM, Terminate), (PosixSignal.SIGINT, Interrupt), (PosixSignal.SIGHUP, Hangup), (PosixSignal.SIGQUIT, Quit),
        (PosixSignal.SIGWINCH, WindowChanged), ((PosixSignal)User1, User1), ((PosixSignal)User2, User2),
    ];

    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _hasTerminal;
    private bool _holdsTerminate;
    private int _id;

    private ServerProcess(bool hasTerminal, bool holdsTerminate)
    {
        _hasTerminal = hasTerminal;
        _holdsTerminate = holdsTerminate;
    }

    /// <summary>Completes with the exit code when the server has ended: 128 + N after signal N.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Completes at the first SIGTERM, if the signal is held back.</summary>
    public Task Terminated => _terminated.Task;

    /// <summary>Starts the server.</summary>
    /// <param name="arguments">The program, and its arguments.</param>
    /// <param name="environment">Its whole environment, as NAME=VALUE.</param>
    /// <param name="hasTerminal">
    /// True on a terminal. The terminal itself sends SIGINT, SIGQUIT and SIGWINCH to all processes of the foreground, so they are not
    /// forwarded.
    /// </param>
    /// <param name="holdsTerminate">
    /// True when the first SIGTERM is not forwarded but completes <see cref="Terminated"/>, so that the desk drains first.
    /// </param>
    /// <exception cref="CommandException">The program is not found (127) or cannot be executed (126).</exception>
    public static ServerProcess Start(
        IReadOnlyList<string> arguments, IReadOnlyList<string> environment, bool hasTerminal, bool holdsTerminate)
    {
        ServerProcess process = new(hasTerminal, holdsTerminate);
        try
        {
            process.Start(arguments, environment);
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Sends SIGTERM to the server. Later ones are forwarded.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _holdsTerminate = false;
            SendTo(Terminate);
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Start(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        LinuxProcesses.BecomeReaper();
        lock (_lock)
        {
            // This happens before the start, so that neither a signal nor the end of the child is missed. The handlers wait for this lock.
            // As process 1 the .NET runtime collects every child at SIGCHLD, and the server's exit code would be lost. So the runtime gets
            // no SIGCHLD: it registers a handler, and then the signal is set to its default again.
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { }));
            LinuxProcesses.KeepEnds();
            foreach ((PosixSignal signal, int number) in s_forwarded)
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Forward(context, number)));
            int id = LinuxProcesses.Start(arguments, environment);
            if (id < 0)
                throw Explain(arguments[0], -id);
            _id = id;
            new Thread(ReapAll) { IsBackground = true, Name = "berth-reaper" }.Start();
        }
    }

    private void Forward(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (number == Terminate && _holdsTerminate && _terminated.TrySetResult())
                return;
            if (!_hasTerminal || number is not (Interrupt or Quit or WindowChanged))
                SendTo(number);
        }
    }

    /// <summary>Sends a signal, unless the server's id may already belong to another process. The caller holds the lock.</summary>
    private void SendTo(int number)
    {
        if (_id != 0 && !_ended.Task.IsCompleted)
            LinuxProcesses.Send(_id, number);
    }

    /// <summary>
    /// Waits without the lock, and collects with it, so that a signal never reaches another process with the server's id.
    /// </summary>
    private void ReapAll()
    {
        while (!_ended.Task.IsCompleted && LinuxProcesses.WaitForEnd())
            Reap();
    }

    private void Reap()
    {
        lock (_lock)
        {
            while (LinuxProcesses.TakeEnded() is { } ended)
            {
                if (ended.Id == _id)
                    _ended.TrySetResult(ended.ExitCode);
            }
        }
    }

    private static CommandException Explain(string program, int error) => error switch
    {
        LinuxProcesses.NotFound => new CommandException(
            ExitCode.ProgramNotFound,
            $"There is no program '{program}'{(program.Contains('/', StringComparison.Ordinal) ? "" : " on the PATH")}, or the interpreter "
                + "that it names is not there. Check its path inside the image."),
        LinuxProcesses.NoAccess => new CommandException(
            ExitCode.ProgramNotExecutable,
            $"'{program}' may not be executed. Check its mode (chmod +x), and that its file system allows it."),
        LinuxProcesses.NotExecutable => new CommandException(
            ExitCode.ProgramNotExecutable,
            $"'{program}' is not a program for this machine: another processor, or a script without a first line such as #!/bin/sh."),
        _ => new CommandException(ExitCode.ProgramNotExecutable, $"'{program}' could not be started: error {error} of the system."),
    };
}
