using Microsoft.Extensions.Logging;

namespace Berth.Cli.Options;

/// <summary>The options that several commands share, and the keys that a configuration file may have.</summary>
internal static class CommonSettings
{
    public static Setting<string?> Config { get; } = new(
        "config", "FILE", "A JSON file of options, named without leading dashes. The environment and the command line have precedence.",
        CommonParsers.Text, null);

    public static Setting<OutputFormat> Output { get; } = new(
        "output",
        "text|json",
        "The format of results. Default text.",
        CommonParsers.OneOf("output format", ("text", OutputFormat.Text), ("json", OutputFormat.Json)),
        OutputFormat.Text,
        separator: null,
        "-o");

    public static Setting<OutputFormat> TableOutput { get; } = new(
        "output",
        "table|json|text",
        "The format of results. Default table.",
        CommonParsers.OneOf("output format", ("table", OutputFormat.Table), ("json", OutputFormat.Json), ("text", OutputFormat.Text)),
        OutputFormat.Table,
        separator: null,
        "-o");

    public static Setting<bool> JsonLog { get; } = new(
        "log-format", "text|json", "The format of the log on stderr. Default text.",
        CommonParsers.OneOf("log format", ("text", false), ("json", true)), false);

    public static Setting<LogLevel> MinimumLevel { get; } = new(
        "log-level",
        "debug|info|warning|error",
        "The lowest level of the log. Default info.",
        CommonParsers.OneOf(
            "log level", ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning),
            ("error", LogLevel.Error)),
        LogLevel.Information);

    public static Setting[] OfLog { get; } = [JsonLog, MinimumLevel];

    /// <summary>
    /// The keys of every command that reads a configuration file, because one file may serve a dispatcher and an echo server.
    /// </summary>
    public static IReadOnlyList<string> FileKeys { get; } =
        [.. new Setting[][] { DispatchSettings.All, PortSettings.OfTarget, SourceSettings.All, ClusterSettings.All, EchoSettings.All,
            SeatSettings.All, [PingSettings.Listen, ManyClusterSettings.Cluster],
            OfLog }.SelectMany(static group => group).Select(static setting => setting.Name).Distinct(StringComparer.Ordinal)];
}
