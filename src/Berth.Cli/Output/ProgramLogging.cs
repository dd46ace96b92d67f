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

    public static ILoggerFactory Create(bool json, LogLevel minimum, ProgramHost host) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(minimum);
        if (json)
        {
            builder.AddJsonConsole(static options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            builder.AddConsole(static options => options.FormatterName = TextLogFormatter.FormatterName);

            // Registered directly, because the extension method binds options by reflection.
            builder.Services.AddSingleton<ConsoleFormatter>(new TextLogFormatter(host.Time, withTraces: minimum <= LogLevel.Debug));
        }

        builder.Services.Configure<ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
