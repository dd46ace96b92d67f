using System.Text;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// The text of a plugin on standard error, which is for people: "open this page and enter that code". Each line is shown as it arrives, and
/// the last ones are kept for messages. Standard output contains the token and is never quoted.
/// </summary>
internal sealed class PluginWords(ExecPlugin plugin)
{
    private const int MaxQuote = 500;
    private const int MaxLine = 4096;

    private readonly Lock _lock = new();
    private readonly List<byte> _line = [];
    private string _last = "";

    /// <summary>
    /// Reads until the plugin and all its child processes have closed standard error. Never fails: only text can be lost, not a credential.
    /// </summary>
    internal async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            await PluginPipe.ReadAsync(stream, Add, cancellationToken).ConfigureAwait(false);
            EndLine();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The run has ended, and a child of the plugin still has the pipe open.
            EndLine();
        }
    }

    /// <summary>Returns the end of the text as a clause; empty when there is no text.</summary>
    internal string Quote()
    {
        lock (_lock)
        {
            string text = Join(_last, Encoding.UTF8.GetString([.. _line]));
            return text.Length == 0 ? "" : ", saying: " + text.TrimEnd('.');
        }
    }

    private void Add(ReadOnlySpan<byte> piece)
    {
        foreach (byte value in piece)
        {
            // Limit the line: a progress bar is one line without an end.
            if (value is (byte)'\n' or (byte)'\r' || _line.Count >= MaxLine)
                EndLine();
            if (value is not ((byte)'\n' or (byte)'\r'))
            {
                lock (_lock)
                    _line.Add(value);
            }
        }
    }

    private void EndLine()
    {
        string line;
        lock (_lock)
        {
            line = Encoding.UTF8.GetString([.. _line]);
            _line.Clear();
            _last = Join(_last, line);
        }

        if (!string.IsNullOrWhiteSpace(line))
            plugin.Say(line.TrimEnd());
    }

    private static string Join(string before, string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string text = string.Join(' ', words.Select(static word => MayBeSecret(word) ? "[left out]" : word).Prepend(before)).Trim();
        return text.Length <= MaxQuote ? text : "…" + text[^MaxQuote..];
    }

    // A plugin in verbose mode may show its token. Tokens are long, and neither paths nor addresses.
    private static bool MayBeSecret(string word) =>
        word.Length > 40 && !word.StartsWith('/') && !word.StartsWith("http", StringComparison.OrdinalIgnoreCase);
}
