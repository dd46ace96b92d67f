using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Fields;

/// <summary>
/// The forms of names and other texts. <c>forms.txt</c> has the rules of each form, and the words of a real server for a fault.
/// </summary>
internal static partial class Formats
{
    private static readonly Lazy<ILookup<string, (string Rule, string Fault)>> s_forms = new(() => FieldTable.Lines("forms.txt")
        .Select(line => line.Split(' ', 3))
        .ToLookup(parts => parts[0], parts => (parts[1], parts[2]), StringComparer.Ordinal));

    /// <summary>Returns the fault of a text, or null.</summary>
    public static IEnumerable<string> Faults(string form, string text)
    {
        if (form != "qualified")
        {
            bool dotted = Keeps(text, "subdomain");
            return s_forms.Value[form]
                .Where(rule => !Keeps(text, rule.Rule))
                .Select(rule => rule.Rule == "label" && dotted ? "must not contain dots" : rule.Fault);
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        IEnumerable<string> name = Faults("name", text[(slash + 1)..]);
        return slash switch
        {
            < 0 => name,
            0 => name.Prepend("prefix part must be non-empty"),
            _ => Faults("subdomain", text[..slash]).Select(fault => "prefix part " + fault).Concat(name),
        };
    }

    private static bool Keeps(string text, string rule) => rule switch
    {
        "label" => LabelPattern().IsMatch(text),
        "subdomain" => SubdomainPattern().IsMatch(text),
        "name" => NamePattern().IsMatch(text),
        "name-or-none" => text.Length == 0 || NamePattern().IsMatch(text),
        "some" => text.Length > 0,
        "alphanumeric" => text.All(letter => letter == '-' || char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)),
        "letter" => text.Any(char.IsAsciiLetterLower),
        "single-hyphens" => !text.Contains("--", StringComparison.Ordinal),
        "inner-hyphens" => !text.StartsWith('-') && !text.EndsWith('-'),
        "printable" => text.All(letter => letter is >= ' ' and <= '~' and not '='),
        "trimmed" => text.Trim().Length == text.Length,
        "percent" => text.Length > 1 && text.EndsWith('%') && text[..^1].All(char.IsAsciiDigit),
        _ => text.Length <= int.Parse(rule, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")]
    private static partial Regex NamePattern();
}
