using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Berth.TestKit;

/// <summary>Keeps all log messages, in order. It is its own factory: every category logs here.</summary>
public sealed class RecordingLogger : ILoggerFactory, ILogger
{
    private ImmutableList<LogEntry> _entries = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The lowest level that is kept. Default: all levels.</summary>
    public LogLevel MinLevel { get; init; } = LogLevel.Trace;

    public IReadOnlyList<LogEntry> Entries => Volatile.Read(ref _entries);

    /// <summary>The texts of all entries.</summary>
    public IEnumerable<string> Texts => Entries.Select(static e => e.Text);

    /// <summary>The event ids of all entries.</summary>
    public IEnumerable<int> Ids => Entries.Select(static e => e.Id);

    /// <summary>Waits, at most <see cref="Wait.Limit"/>, until an entry that has the text is logged.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (Texts.Any(t => t.Contains(text, StringComparison.Ordinal)))
                return;
            await changed.WaitAsync(Wait.Limit, cancellationToken);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory has one place to write to.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= MinLevel;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        LogEntry entry = new(logLevel, eventId.Id, formatter(state, exception), exception);
        ImmutableInterlocked.Update(ref _entries, static (entries, added) => entries.Add(added), entry);
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    public void Dispose()
    {
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
