using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Berth.Cli.Output;

/// <summary>Options of the console's log that never change.</summary>
/// <param name="options">The options.</param>
internal sealed class FixedConsoleOptions(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
{
    public ConsoleLoggerOptions CurrentValue => options;

    public ConsoleLoggerOptions Get(string? name) => options;

    public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
}
