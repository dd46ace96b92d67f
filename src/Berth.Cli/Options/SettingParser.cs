namespace Berth.Cli.Options;

/// <summary>Converts a text into a value, or returns the fault as a sentence.</summary>
internal delegate T SettingParser<out T>(string text, out string? fault);
