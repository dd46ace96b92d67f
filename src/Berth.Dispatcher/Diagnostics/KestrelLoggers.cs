using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Diagnostics;

/// <summary>
/// Kestrel's loggers, with Information lowered to Debug. Kestrel logs a line or two for each client that announces a body and does not send
/// it, so any client could fill this server's log. Warnings and errors are unchanged.
/// </summary>
internal sealed class KestrelLoggers(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new KestrelLogger(inner.CreateSafeLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>Does nothing: the owner of the inner factory disposes it.</summary>
    public void Dispose()
    {
    }

    private sealed class KestrelLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(Lower(logLevel));

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(Lower(logLevel), eventId, state, exception, formatter);

        private static LogLevel Lower(LogLevel level) => level == LogLevel.Information ? LogLevel.Debug : level;
    }
}
