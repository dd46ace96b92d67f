using System.Diagnostics;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Starts processes so that none outlives this process, even when it is killed. Through setpriv(1), the kernel sends SIGKILL to each
/// process when the thread that started it ends. One thread therefore starts them all, and lives as long as the cluster. setsid(1) puts
/// each in a group of its own, so that Ctrl-C in the terminal reaches only us, and a container's own children go with it. Without these
/// tools (not Linux), children end only on disposal.
/// </summary>
internal sealed class ProcessStarter : IDisposable
{
    private static readonly string[] s_folders = ["/usr/bin", "/bin", "/usr/local/bin"];
    private readonly BlockingCollection<(ProcessStartInfo Info, bool HasInput, TaskCompletionSource<Process> Started)> _requests = [];
    private readonly Thread _thread;
    private readonly List<string> _prefix = [];
    private readonly string[] _killWithUs;
    private readonly MountNamespace _mounts = new(s_folders);

    public ProcessStarter()
    {
        _killWithUs = Tool("setpriv") is { } setpriv ? [setpriv, "--pdeathsig", "KILL", "--"] : [];
        _prefix.AddRange(_killWithUs);
        if (Tool("setsid") is { } setsid)
        {
            _prefix.Add(setsid);
            OwnGroups = true;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "berth-process-starter" };
        _thread.Start();
    }

    /// <summary>True when every process leads a group of its own.</summary>
    public bool OwnGroups { get; }

    /// <summary>True when this system allows a process to have files at its own paths.</summary>
    public bool CanMount => _mounts.IsAllowed;

    /// <exception cref="LocalClusterException">The program does not exist or cannot be run.</exception>
    public async Task<Process> StartAsync(ContainerLaunch launch)
    {
        bool mounts = launch.Mounts.Count > 0 && CanMount;
        if (!mounts && launch.Executable.Contains('/', StringComparison.Ordinal) && !File.Exists(launch.Executable))
        {
            throw new LocalClusterException(
                $"{launch.Executable} is not on this machine. A local cluster's container is a process: "
                + "map its image to a program, or name one that exists.");
        }

        // A change of the rights of a process clears the signal, so it is set again after the change.
        List<string> words = mounts
            ?
            [
                .. _prefix, .. _mounts.Words(launch.NewScratch!(), launch.Mounts, launch.Executable), .. _killWithUs,
                launch.Executable, .. launch.Arguments,
            ]
            : [.. _prefix, launch.Executable, .. launch.Arguments];
        RequireNoNul(launch, words);
        ProcessStartInfo info = new(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Directory.Exists(launch.WorkingDirectory))
            info.WorkingDirectory = launch.WorkingDirectory;
        info.Environment.Clear();
        foreach ((string name, string value) in launch.Environment)
            info.Environment[name] = value;
        TaskCompletionSource<Process> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add((info, launch.HasInput, started));
        return await started.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _requests.CompleteAdding();
        _thread.Join();
        _requests.Dispose();
    }

    /// <summary>Refuses text that no process can get, as a container runtime does. .NET would cut it at the NUL character.</summary>
    private static void RequireNoNul(ContainerLaunch launch, IEnumerable<string> words)
    {
        static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
        string? what = words.Any(HasNul) ? "The command" : launch.Environment
            .Where(static pair => HasNul(pair.Value))
            .Select(static pair => $"The variable {pair.Key}")
            .FirstOrDefault();
        if (what is not null)
        {
            throw new LocalClusterException(
                $"{what} of container {launch.Name} has a NUL character, which no process can get. Remove it.");
        }
    }

    private static string? Tool(string name) => s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private void Run()
    {
        foreach ((ProcessStartInfo info, bool hasInput, TaskCompletionSource<Process> started) in _requests.GetConsumingEnumerable())
        {
            try
            {
                Process process = new() { StartInfo = info, EnableRaisingEvents = true };
                process.Start();
                if (!hasInput)
                    process.StandardInput.Close();
                started.SetResult(process);
            }
            catch (Exception exception)
            {
                // Any exception concerns only this process. On this thread it would end the program, and all other processes with it.
                started.SetException(new LocalClusterException($"{info.FileName} cannot be started: {exception.Message}", exception));
            }
        }
    }
}
