using Berth.Logging;
using Berth.TestKit;
using Microsoft.Extensions.Logging;

namespace Berth.Tests.Logging;

public sealed class SafeLoggerTests
{
    [Fact]
    public void Message_of_a_broken_logger_is_given_to_it_and_throws_nothing()
    {
        ThrowingLogger broken = new();
        ILogger logger = broken.CreateSafeLogger("Berth");
        Assert.True(logger.IsEnabled(LogLevel.Trace));
        logger.Log(LogLevel.Error, new EventId(7), "state", null, static (state, _) => state);
        Assert.Equal(1, broken.Calls);
    }

    [Fact]
    public void Level_that_cannot_be_asked_for_is_off()
    {
        ILogger logger = new SafeLogger(new BrokenLevels());
        Assert.False(logger.IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void Message_of_a_good_logger_arrives_whole()
    {
        RecordingLogger good = new();
        InvalidOperationException exception = new("x");
        good.CreateSafeLogger("Berth").Log(LogLevel.Warning, new EventId(7), "state", exception, static (state, _) => $"{state}!");
        Assert.Equal(new LogEntry(LogLevel.Warning, 7, "state!", exception), Assert.Single(good.Entries));
    }

    private sealed class BrokenLevels : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("The levels are broken.");

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
