using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Berth.Cli.Output;

/// <summary>The log of a server. It goes to stderr, because stdout is for results.</summary>
internal static class ProgramLogging
{
    public static ILoggerFactory Create(SettingsReader reader, ProgramHost host) =>
        Create(reader.Get(CommonSettings.JsonLog), reader.Get(CommonSettings.MinimumLevel), host);

    public static ILoggerFactory Create(bool json, LogLevel minimum, ProgramHost host) =>
        json ? CreateJson(minimum) : CreateText(minimum, host);

    /// <summary>
    /// Puts the parts together itself. <see cref="LoggerFactory.Create"/> would set up a container for services, which builds generic types
    /// at run time: a third of the CPU of a start.
    /// </summary>
    private static LoggerFactory CreateText(LogLevel minimum, ProgramHost host)
    {
        LoggerFactory factory = new([], new LoggerFilterOptions { MinLevel = minimum });
        FixedConsoleOptions options = new(Set(new ConsoleLoggerOptions { FormatterName = TextLogFormatter.FormatterName }));
        // Added, not given to the constructor: the factory disposes only what was added, and that writes the last lines.
        factory.AddProvider(
            new ConsoleLoggerProvider(options, [new TextLogFormatter(host.Time, withTraces: minimum <= LogLevel.Debug)]));
        return factory;
    }

    /// <summary>The library's formatter can only be had from a container.</summary>
    private static ILoggerFactory CreateJson(LogLevel minimum) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(minimum);
        builder.AddJsonConsole(static options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        builder.Services.Configure<ConsoleLoggerOptions>(static options => Set(options));
    });

    private static ConsoleLoggerOptions Set(ConsoleLoggerOptions options)
    {
        options.LogToStandardErrorThreshold = LogLevel.Trace;
        return options;
    }
}
