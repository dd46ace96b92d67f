using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Kinds;

/// <summary>The forms that names and other texts must have, by <c>forms.txt</c>, and what a real server says of one that has another.</summary>
internal static class Formats
{
    private static readonly Lazy<ILookup<string, (Regex Pattern, string Fault)>> s_forms = new(() => FieldTable.Lines("forms.txt").Select(line => line.Split(' ', 3))
        .ToLookup(parts => parts[0], parts => (new Regex(parts[1], RegexOptions.CultureInvariant | RegexOptions.Singleline), parts[2]), StringComparer.Ordinal));

    /// <summary>What is wrong with a text; nothing where all is well.</summary>
    public static IEnumerable<string> Faults(string form, string text) => form != "qualified"
        ? s_forms.Value[form].Where(rule => !rule.Pattern.IsMatch(text)).Select(rule => rule.Fault)
        : text.IndexOf('/', StringComparison.Ordinal) switch
        {
            < 0 => Faults("name", text),
            0 => ["prefix part must be non-empty", .. Faults("name", text[1..])],
            var slash => [.. Faults("subdomain", text[..slash]).Select(fault => "prefix part " + fault), .. Faults("name", text[(slash + 1)..])],
        };
}
