using System.Text;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// What a plugin says on standard error, which is meant for people: "open this page and enter that code". Each line is shown as it comes,
/// and the last ones are kept for sentences. Standard output holds the token and is never quoted.
/// </summary>
internal sealed class PluginWords(ExecPlugin plugin)
{
    private const int MaximumQuote = 500;
    private const int MaximumLine = 4096;

    private readonly Lock _lock = new();
    private readonly List<byte> _line = [];
    private string _last = "";

    /// <summary>
    /// Reads until the plugin, and all that it started, have closed it. Never fails: words are lost, and no credential is.
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
            // The run has ended, and a child of the plugin still holds this pipe.
            EndLine();
        }
    }

    /// <summary>The end of what it said, as a clause; nothing where it said nothing.</summary>
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
            // Not a whole line of these is kept: a progress bar is one line without an end.
            if (value is (byte)'\n' or (byte)'\r' || _line.Count >= MaximumLine)
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
        return text.Length <= MaximumQuote ? text : "…" + text[^MaximumQuote..];
    }

    // A plugin in verbose mode may show the token it got: tokens are long, and neither paths nor addresses.
    private static bool MayBeSecret(string word) =>
        word.Length > 40 && !word.StartsWith('/') && !word.StartsWith("http", StringComparison.OrdinalIgnoreCase);
}
