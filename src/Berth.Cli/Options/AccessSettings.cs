namespace Berth.Cli.Options;

/// <summary>The options that say who may ask service A, and where.</summary>
internal static class AccessSettings
{
    public static Setting<string[]> AdminUrls { get; } = new(
        "admin-urls",
        "URL",
        "Addresses for probes, metrics and operators, as --urls. With them --urls have no /healthz, /readyz and /metrics.",
        ParseList,
        [],
        separator: ';');

    public static Setting<bool?> Page { get; } = new(
        "ui", "true|false",
        "The page for operators at /ui/, only at the --admin-urls if there are any. Default: true with --admin-urls, else false.",
        CommonParsers.OneOf<bool?>("choice", ("true", true), ("false", false)), null);

    public static Setting<string?> TokenFile { get; } = new(
        "token-file", "PATH",
        "Answer only with a token of this file, which has a line NAME TOKEN [NAMESPACE/SERVICE ...] for each. It is read again when it "
            + "changes.",
        CommonParsers.Text, null);

    public static Setting<string[]> ClientSubjects { get; } = new(
        "client-subject", "NAME",
        "With --client-ca: answer only certificates of this subject, such as 'CN=lobby, O=games'; repeat for more.",
        ParseList, [], separator: ';');

    public static Setting<string[]> CorsOrigins { get; } = new(
        "cors-origin", "ORIGIN",
        "Let pages of this origin read the answers, such as https://play.example.com, or * for all; repeat for more.",
        ParseList, [], separator: ';');

    public static Setting[] All { get; } = [AdminUrls, Page, TokenFile, ClientSubjects, CorsOrigins];

    private static string[] ParseList(string text, out string? fault)
    {
        // The dispatcher checks each of them.
        fault = null;
        return text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
