using Microsoft.Extensions.Logging;

namespace Berth.TestKit;

/// <summary>A logger whose every message throws, as one of a provider that is broken. It is its own factory.</summary>
public sealed class ThrowingLogger : ILoggerFactory, ILogger
{
    private int _calls;

    /// <summary>The number of messages that were logged, and thrown at.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory has one logger.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Interlocked.Increment(ref _calls);
        throw new InvalidOperationException("The logger is broken.");
    }

    public void Dispose()
    {
    }
}
