using System.Globalization;
using Berth.Checks;

namespace Berth.Cli.Options;

/// <summary>Reads durations: <c>30s</c>, <c>500ms</c>, <c>2m</c>, <c>1h</c>, and a bare number of seconds.</summary>
internal static class Durations
{
    // "ms" comes before "s", because it also ends with "s".
    private static readonly (string Unit, double Milliseconds)[] s_units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", 1000)];

    /// <summary>Returns a parser for durations of at least a minimum.</summary>
    public static SettingParser<TimeSpan> AtLeast(TimeSpan minimum) => Between(minimum, TimerLimit.Max);

    /// <summary>Returns a parser for durations in a range.</summary>
    public static SettingParser<TimeSpan> Between(TimeSpan minimum, TimeSpan maximum) => (string text, out string? fault) =>
    {
        TimeSpan? parsed = Read(text);
        fault = parsed is null ? $"'{text}' is not a duration. Write it as 30s, 500ms, 2m or 1h."
            : parsed < minimum ? $"The duration {text} is below {Format(minimum)}. Give a longer one."
            : parsed > maximum ? $"The duration {text} is above {Format(maximum)}. Give a shorter one."
            : null;
        return fault is null ? parsed!.Value : default;
    };

    public static string Format(TimeSpan duration) =>
        duration.TotalSeconds is 0 or >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");

    private static TimeSpan? Read(string text)
    {
        foreach ((string unit, double milliseconds) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out double number) || double.IsNaN(number))
                continue;
            return number * milliseconds < TimeSpan.MaxValue.TotalMilliseconds
                ? TimeSpan.FromMilliseconds(number * milliseconds)
                : TimeSpan.MaxValue;
        }

        return null;
    }
}
