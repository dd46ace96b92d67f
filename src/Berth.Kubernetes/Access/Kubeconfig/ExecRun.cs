using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>One run of a credential plugin.</summary>
internal static class ExecRun
{
    private const int MaximumOutput = 1024 * 1024;
    private const int MaximumComplaint = 500;

    // Long enough for a plugin that asks a slow identity provider; a plugin that waits for a person would wait for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="ClusterAccessException">It cannot be started, fails, takes too long, or prints no credential.</exception>
    internal static async Task<ExecAnswer> RunAsync(ExecPlugin plugin, TimeProvider time, CancellationToken cancellationToken)
    {
        using Process process = Start(plugin);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream, either.Token);
            Task<byte[]> complaint = ReadAsync(process.StandardError.BaseStream, either.Token);
            await Task.WhenAll(output, complaint).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw Fault(plugin, $"ended with exit code {process.ExitCode}{Quote(complaint.Result)}");
            return ExecAnswer.Parse(output.Result, plugin);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault(plugin, $"did not end within {Patience.TotalSeconds:0} s");
        }
        catch (IOException e)
        {
            throw Fault(plugin, $"could not be read from: {e.Message}");
        }
        finally
        {
            Stop(process);
        }
    }

    private static Process Start(ExecPlugin plugin)
    {
        if (plugin.Program is null)
            throw NotFound(plugin);
        // Inherits our environment: plugins need HOME, proxies and cloud settings that only they know.
        var start = new ProcessStartInfo(plugin.Program)
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
            return Process.Start(start) ?? throw NotFound(plugin);
        }
        catch (Win32Exception e)
        {
            throw Fault(plugin, $"cannot be started: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            // Beyond the bound it is still read, or the plugin would block on a full pipe.
            if (all.Length + read <= MaximumOutput)
                all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }

    private static void Stop(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in this moment.
        }
    }

    // The end of what it said on standard error, which is meant for people; standard output holds the token and is never quoted.
    private static string Quote(byte[] complaint)
    {
        IEnumerable<string> words = Encoding.UTF8.GetString(complaint).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string text = string.Join(' ', words.Select(word => MayBeSecret(word) ? "[left out]" : word));
        if (text.Length == 0)
            return "";
        return ", saying: " + (text.Length <= MaximumComplaint ? text : "…" + text[^MaximumComplaint..]);
    }

    // A plugin in verbose mode may show the token it got: tokens are long, and neither paths nor addresses.
    private static bool MayBeSecret(string word) =>
        word.Length > 40 && !word.StartsWith('/') && !word.StartsWith("http", StringComparison.OrdinalIgnoreCase);

    private static ClusterAccessException NotFound(ExecPlugin plugin)
    {
        string hint = plugin.InstallHint is { } text ? $" {text.Trim()}" : "";
        return new ClusterAccessException($"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" is not installed, or not on "
            + $"the PATH. Install it.{hint}");
    }

    private static ClusterAccessException Fault(ExecPlugin plugin, string what) =>
        new($"The credential plugin \"{plugin.Command}\" of user \"{plugin.User}\" {what}. Run it by hand to see what it needs.");
}
