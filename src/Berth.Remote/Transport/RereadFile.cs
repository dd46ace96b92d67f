using System.Text;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Transport;

/// <summary>
/// A small file that another program may replace, read again each time it is needed. While it cannot be read or has no usable value, the
/// earlier value stays in use.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="parse">Creates the value from the text. Throws <see cref="FormatException"/> with a sentence when it cannot.</param>
/// <param name="notRead">Logs that the earlier value stays in use. Called once for each outage.</param>
/// <param name="readAgain">Logs that the outage is over.</param>
/// <param name="logger">The logger for both.</param>
internal sealed class RereadFile<T>(
    string path, Func<string, T> parse, Action<ILogger, string, string> notRead, Action<ILogger, string> readAgain, ILogger logger)
    where T : class
{
    // A token has a few hundred bytes and a CA bundle some hundred thousand.
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private T? _last;
    private string? _text;
    private bool _isFailing;

    /// <summary>Reads the file.</summary>
    /// <exception cref="EndpointSourceException">It cannot be read, and never could.</exception>
    public T Read()
    {
        lock (_lock)
        {
            try
            {
                string text = ReadBounded();
                if (_last is null || text != _text)
                    (_last, _text) = (parse(text), text);
                if (_isFailing)
                    readAgain(logger, path);
                _isFailing = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                string reason = $"{exception.Message.TrimEnd('.')}.";
                if (_last is null)
                    throw new EndpointSourceException($"The file {path} cannot be used. {reason}", exception);
                if (!_isFailing)
                    notRead(logger, path, reason);
                _isFailing = true;
            }

            return _last;
        }
    }

    private string ReadBounded()
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream content = new();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MaxBytes)
                throw new FormatException($"It is larger than {MaxBytes / (1024 * 1024)} MiB, so it is something else.");
        }

        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }
}
