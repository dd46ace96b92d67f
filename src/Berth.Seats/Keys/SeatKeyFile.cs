using Berth.Seats.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Seats.Keys;

/// <summary>
/// The keys of a file, which may be replaced while the program runs, as Kubernetes replaces the files of a Secret. The last good content
/// stays when the new one has faults.
/// </summary>
internal sealed class SeatKeyFile
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private const long MaxBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile SeatKeys _keys;
    private string _text;
    private long _read;
    private bool _failing;

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="SeatKeyException">It cannot be read, or has faults.</exception>
    public SeatKeyFile(string path, TimeProvider time, ILogger logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        try
        {
            _text = ReadText();
            _keys = SeatKeys.Parse(_text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SeatKeyException($"The keys of seats in {path} cannot be used: {exception.Message}", exception);
        }

        _read = time.GetTimestamp();
    }

    /// <summary>The keys now. Looks at the file again when the last look was 5 s ago.</summary>
    public SeatKeys Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _read)) >= s_interval)
                LookAgain();
            return _keys;
        }
    }

    private void LookAgain()
    {
        lock (_lock)
        {
            Volatile.Write(ref _read, _time.GetTimestamp());
            try
            {
                string text = ReadText();
                if (text != _text)
                {
                    _keys = SeatKeys.Parse(text);
                    _text = text;
                    Log.KeysRead(_logger, _path, string.Join(", ", _keys.All.Select(static key => key.Id)));
                }

                _failing = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                if (!_failing)
                    Log.KeysNotRead(_logger, _path, exception.Message);
                _failing = true;
            }
        }
    }

    private string ReadText() => new FileInfo(_path).Length <= MaxBytes
        ? File.ReadAllText(_path)
        : throw new FormatException($"It has more than {MaxBytes} bytes. Give a file of keys.");
}
