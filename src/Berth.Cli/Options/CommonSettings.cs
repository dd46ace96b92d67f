using Microsoft.Extensions.Logging;

namespace Berth.Cli.Options;

/// <summary>The options that several commands share, and the list of all that a configuration file may hold.</summary>
internal static class CommonSettings
{
    public static Setting<string?> Config { get; } = new(
        "config", "FILE", "A JSON file of options, by their names without dashes in front. The environment and the command line beat it.",
        CommonParsers.Text, null);

    public static Setting<OutputFormat> Output { get; } = new(
        "output",
        "text|json",
        "How results are written. Default text.",
        CommonParsers.OneOf("output format", ("text", OutputFormat.Text), ("json", OutputFormat.Json)),
        OutputFormat.Text,
        separator: null,
        "-o");

    public static Setting<OutputFormat> TableOutput { get; } = new(
        "output",
        "table|json|text",
        "How results are written. Default table.",
        CommonParsers.OneOf("output format", ("table", OutputFormat.Table), ("json", OutputFormat.Json), ("text", OutputFormat.Text)),
        OutputFormat.Table,
        separator: null,
        "-o");

    public static Setting<bool> JsonLog { get; } = new(
        "log-format", "text|json", "How the log is written to stderr. Default text.",
        CommonParsers.OneOf("log format", ("text", false), ("json", true)), false);

    public static Setting<LogLevel> MinimumLevel { get; } = new(
        "log-level",
        "debug|info|warning|error",
        "From which level on the log is written. Default info.",
        CommonParsers.OneOf(
            "log level", ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning),
            ("error", LogLevel.Error)),
        LogLevel.Information);

    public static Setting[] OfLog { get; } = [JsonLog, MinimumLevel];

    /// <summary>One file may serve a dispatcher and an echo server: it may hold what any command that reads one takes.</summary>
    public static IReadOnlyList<string> FileKeys { get; } =
        [.. new[] { DispatchSettings.All, PortSettings.OfTarget, ClusterSettings.All, EchoSettings.All,
            OfLog }.SelectMany(static group => group).Select(static setting => setting.Name).Distinct(StringComparer.Ordinal)];
}
