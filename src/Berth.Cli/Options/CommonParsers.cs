using System.Globalization;

namespace Berth.Cli.Options;

/// <summary>Parsers that several settings share.</summary>
internal static class CommonParsers
{
    public static string? Text(string text, out string? fault)
    {
        fault = string.IsNullOrWhiteSpace(text) ? "The value is empty. Give one, or leave the option out." : null;
        return text;
    }

    /// <summary>Parses whole numbers in a range.</summary>
    public static SettingParser<int> Between(int least, int most, string what) => (string text, out string? fault) =>
    {
        bool number = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        fault = !number ? $"The {what} '{text}' is not a whole number. Choose one in {least}..{most}."
            : value < least || value > most ? $"The {what} {value} is outside {least}..{most}. Choose one in that range."
            : null;
        return value;
    };

    /// <summary>Parses one of a few words.</summary>
    public static SettingParser<T> OneOf<T>(string what, params (string Word, T Value)[] choices) => (string text, out string? fault) =>
    {
        foreach ((string word, T value) in choices)
        {
            if (word == text)
            {
                fault = null;
                return value;
            }
        }

        fault = $"There is no {what} '{text}'. Choose one of {string.Join(", ", choices.Select(static choice => choice.Word))}.";
        return choices[0].Value;
    };
}
