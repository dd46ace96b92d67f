using Berth.Dispatcher.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tests;

public sealed class KestrelLoggersTests
{
    [Theory]
    [InlineData(LogLevel.Trace, LogLevel.Trace)]
    [InlineData(LogLevel.Debug, LogLevel.Debug)]
    [InlineData(LogLevel.Information, LogLevel.Debug)]
    [InlineData(LogLevel.Warning, LogLevel.Warning)]
    [InlineData(LogLevel.Error, LogLevel.Error)]
    public void Kestrels_information_is_logged_as_debug(LogLevel level, LogLevel logged)
    {
        using Recorder recorder = new();
        using KestrelLoggers loggers = new(recorder);
        ILogger logger = loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");

        Assert.True(logger.IsEnabled(level));
        logger.Log(level, new EventId(7), "state", null, static (state, _) => state + " in words");

        Assert.Equal([$"{logged} 7 state in words"], recorder.Lines);
        Assert.Equal(logged, recorder.Asked);
    }

    private sealed class Recorder : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public LogLevel Asked { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory has one place to write to.");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            Asked = logLevel;
            return true;
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
