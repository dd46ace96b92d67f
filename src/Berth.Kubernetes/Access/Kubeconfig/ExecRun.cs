using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>One run of a credential plugin.</summary>
internal sealed class ExecRun(ExecPlugin plugin, TimeProvider time)
{
    // Enough time for a slow identity provider, or for a person at the terminal.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The last output of a failed plugin is in the pipe when it ends. Only a child with an open pipe keeps the pipe from ending.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly PluginWords _words = new(plugin);

    /// <summary>The sentence that names the plugin that has not ended, with its output so far.</summary>
    internal string Waiting =>
        $"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" has not ended yet{_words.Quote()}. " +
            "The API server is asked when it has.";

    /// <exception cref="ClusterAccessException">The plugin cannot be started, fails, takes too long, or prints no credential.</exception>
    internal async Task<ExecAnswer> RunAsync(CancellationToken cancellationToken)
    {
        using Process process = Start();
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            Task<byte[]> output = PluginPipe.ReadAllAsync(process.StandardOutput.BaseStream, either.Token);
            Task words = _words.ReadAsync(process.StandardError.BaseStream, either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                await Task.WhenAny(words, Task.Delay(LastWords, time, either.Token)).ConfigureAwait(false);
                throw Fault($"ended with exit code {process.ExitCode}{_words.Quote()}");
            }

            // Do not wait for standard error: helpers that stay, such as an agent that caches logins, often keep it open.
            return ExecAnswer.Parse(await output.ConfigureAwait(false), plugin);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw process.HasExited
                ? Fault($"ended, but a program that it started still had its standard output open after {Patience.TotalSeconds:0} s, "
                    + "so its answer may be incomplete. Give that program another output", _words.Quote())
                : Fault($"did not end within {Patience.TotalSeconds:0} s{_words.Quote()}");
        }
        catch (IOException exception)
        {
            throw Fault($"could not be read from: {exception.Message}");
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);
            Stop(process);
        }
    }

    private Process Start()
    {
        if (plugin.Program is null)
            throw NotFound();
        // The plugin inherits our environment, because it needs HOME, proxies and cloud settings that we do not know.
        ProcessStartInfo start = new(plugin.Program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in plugin.Arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in plugin.Environment)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = plugin.Request();
        try
        {
            return Process.Start(start) ?? throw NotFound();
        }
        catch (Exception exception) when (exception is Win32Exception or ArgumentException)
        {
            // ArgumentException means a NUL in an argument or a variable.
            throw Fault($"cannot be started: {exception.Message}");
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has just ended by itself.
        }
    }

    private ClusterAccessException NotFound()
    {
        string hint = plugin.InstallHint is { } text ? $" {text.Trim()}" : "";
        return new ClusterAccessException($"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" is not installed, "
            + $"or not on the PATH. Install it.{hint}");
    }

    private ClusterAccessException Fault(string what, string after = "") =>
        new($"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" {what}{after}. Run it by hand to see what it needs.");
}
