namespace Berth.Cli.Options;

/// <summary>Turns a text into a value, or says in a sentence why it cannot.</summary>
internal delegate T SettingParser<out T>(string text, out string? fault);
