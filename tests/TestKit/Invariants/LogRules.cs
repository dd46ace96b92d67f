using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Berth.TestKit.Invariants;

/// <summary>
/// I5: a failure is logged when it begins and when it ends, never once an attempt. It is its own factory: every category logs here.
/// </summary>
public sealed class LogRules : ILoggerFactory, ILogger
{
    // The event id of a beginning, and the event id of its end.
    private static readonly Dictionary<int, int> s_endOf = new()
    {
        [100] = 101,
        [112] = 113,
        [200] = 201,
        [210] = 213,
        [211] = 213,
        [212] = 213,
    };

    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _entries = new();

    /// <summary>Everything logged so far, in order.</summary>
    public IReadOnlyCollection<(LogLevel Level, int Id, string Text)> Entries => _entries;

    /// <summary>The number of times that an event was logged.</summary>
    public int Count(int id) => _entries.Count(e => e.Id == id);

    /// <summary>
    /// Waits until an event was logged a number of times, and checks that it was logged no more often. Readers have a snapshot before the
    /// logger has its reasons, so a test that has seen the snapshot must wait for the log.
    /// </summary>
    public async Task LoggedAsync(int id, int times, CancellationToken cancellationToken)
    {
        await Wait.ForAsync(() => Count(id) >= times, cancellationToken, $"event {id} logged {times} times");
        if (Count(id) is int counted && counted != times)
            throw new InvalidOperationException($"Event {id} was logged {counted} times in place of {times}.");
    }

    /// <summary>The violations: something that began twice without having ended, or ended without a start.</summary>
    public IEnumerable<string> FindFaults()
    {
        HashSet<(int Id, string Subject)> open = [];
        foreach ((LogLevel _, int id, string text) in _entries)
        {
            // Two files may fail at the same time. The first words of the message identify each.
            string subject = id is 200 or 201 ? string.Join(' ', text.Split(' ').Take(4)) : "";
            if (s_endOf.ContainsKey(id) && !open.Add((id, subject)))
                yield return $"'{text}' was logged again before it had ended";
            if (s_endOf.ContainsValue(id) && open.RemoveWhere(o => s_endOf[o.Id] == id && o.Subject == subject) == 0 && id != 101)
                yield return $"'{text}' was logged without a start";
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory has one place to write to.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
