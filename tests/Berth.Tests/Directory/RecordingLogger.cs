using Microsoft.Extensions.Logging;

namespace Berth.Tests.Directory;

internal sealed class RecordingLogger : ILogger
{
    public System.Collections.Concurrent.ConcurrentQueue<(LogLevel Level, int Id, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
