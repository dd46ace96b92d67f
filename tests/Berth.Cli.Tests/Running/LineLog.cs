namespace Berth.Cli.Tests.Running;

/// <summary>The lines of a stream as they come, kept, and waited for.</summary>
internal sealed class LineLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LineLog(TextReader reader) => _reading = ReadAsync(reader);

    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>The current number of lines: the start of a wait for later ones.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _lines.Count;
        }
    }

    public Task EndAsync(CancellationToken cancellationToken) => _reading.WaitAsync(cancellationToken);

    /// <summary>Waits for a line.</summary>
    /// <param name="fits">Which line.</param>
    /// <param name="from">The first line that may fit.</param>
    public async Task<string> WaitForLineAsync(Func<string, bool> fits, int from = 0)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        while (true)
        {
            Task more;
            bool ended = _reading.IsCompleted;
            lock (_lock)
            {
                more = _more.Task;
                if (_lines.Skip(from).FirstOrDefault(fits) is { } line)
                    return line;
            }

            Assert.False(ended, $"The stream ended without the line that was waited for. It held:\n{Text}");
            try
            {
                await Task.WhenAny(more, _reading).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The line that was waited for never came. There is:\n{Text}");
            }
        }
    }

    private async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource told;
            lock (_lock)
            {
                _lines.Add(line);
                told = _more;
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            told.SetResult();
        }
    }
}
