using System.Globalization;

namespace Berth.Cli.Up;

/// <summary>The few control sequences of ECMA-48 that a live table needs.</summary>
internal static class Ansi
{
    public const string HideCursor = "\x1b[?25l";
    public const string ShowCursor = "\x1b[?25h";
    public const string ClearBelow = "\x1b[0J";
    public const string ClearScreen = "\x1b[2J\x1b[H";
    private const string Reset = "\x1b[0m";

    public static string Up(int lines) => string.Create(CultureInfo.InvariantCulture, $"\x1b[{lines}F");

    public static string Bold(string text) => $"\x1b[1m{text}{Reset}";

    public static string Green(string text) => $"\x1b[32m{text}{Reset}";

    public static string Yellow(string text) => $"\x1b[33m{text}{Reset}";
}
