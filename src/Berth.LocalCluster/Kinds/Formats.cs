using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Kinds;

/// <summary>The forms that names and other texts must have, and what a real server says of one that has another.</summary>
internal static partial class Formats
{
    /// <summary>Whether a text has a form is known here by the form's name; what is wrong with it comes back, nothing where all is well.</summary>
    public static IEnumerable<string> Faults(string form, string text) => form switch
    {
        "label" => Said(
            (text.Length > 63, "must be no more than 63 characters"),
            (!LabelPattern().IsMatch(text), "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
                + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")),
        "subdomain" => Said(
            (text.Length > 253, "must be no more than 253 characters"),
            (!SubdomainPattern().IsMatch(text), "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
                + @"character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")),
        "qualified" => Qualified(text.Split('/', 2)),
        "labelvalue" => Said(
            (text.Length > 63, "must be no more than 63 bytes"),
            (text.Length > 0 && !QualifiedPattern().IsMatch(text), "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
                + "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")),
        "portname" => Said(
            (text.Length > 15, "must be no more than 15 characters"),
            (text.Any(letter => letter != '-' && !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter)), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
            (!text.Any(char.IsAsciiLetterLower), "must contain at least one letter (a-z)"),
            (text.Contains("--", StringComparison.Ordinal), "must not contain consecutive hyphens"),
            (text.StartsWith('-') || text.EndsWith('-'), "must not begin or end with a hyphen")),
        "variable" => Said((text.Any(letter => letter is '=' or < ' ' or > '~'), "a valid environment variable name must consist only of printable ASCII characters other than '='")),
        "trimmed" => Said((text.Trim().Length < text.Length, "must not have leading or trailing whitespace")),
        "share" => Said((!SharePattern().IsMatch(text), "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "There is no such form."),
    };

    private static IEnumerable<string> Qualified(string[] parts) =>
    [
        .. parts.Length == 1 ? [] : parts[0].Length == 0 ? ["prefix part must be non-empty"] : Faults("subdomain", parts[0]).Select(fault => "prefix part " + fault),
        .. Said(
            (parts[^1].Length == 0, "name part must be non-empty"),
            (parts[^1].Length > 63, "name part must be no more than 63 bytes"),
            (!QualifiedPattern().IsMatch(parts[^1]), "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")),
    ];

    private static IEnumerable<string> Said(params (bool Bad, string Fault)[] rules) => rules.Where(rule => rule.Bad).Select(rule => rule.Fault);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")]
    private static partial Regex QualifiedPattern();

    [GeneratedRegex("^[0-9]+%$")]
    private static partial Regex SharePattern();
}
