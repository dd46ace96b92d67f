namespace Berth.Kubernetes.Assembly;

/// <summary>Names in a sentence for people: the first three, and the number of the others.</summary>
internal static class NameList
{
    private const int Max = 3;

    /// <summary>Returns the noun, in the singular or plural, and the names.</summary>
    public static string Of(string what, IReadOnlyCollection<string> names) => $"{what}{(names.Count == 1 ? "" : "s")} {Of(names)}";

    public static string Of(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Max)) + (names.Count > Max ? $" and {names.Count - Max} more" : "");
}
