using Berth.Dispatcher;

namespace Berth.Cli.Options;

/// <summary>The options of service A's TLS.</summary>
internal static class TlsSettings
{
    public static Setting<string[]> Certificates { get; } = new(
        "tls-cert",
        "PATH",
        "The PEM file of a certificate for https:// in --urls, with its chain; repeat for more, each for its host names. It is read again "
            + "when it changes.",
        ParsePaths,
        [],
        separator: ';');

    public static Setting<string[]> Keys { get; } = new(
        "tls-key", "PATH", "The PEM file of the key of a --tls-cert, in the same order.", ParsePaths, [], separator: ';');

    public static Setting<string?> ClientCa { get; } = new(
        "client-ca", "PATH", "The PEM file with the CAs of clients' certificates. Default: clients are asked for none.", CommonParsers.Text,
        null);

    public static Setting[] All { get; } = [Certificates, Keys, ClientCa];

    /// <summary>Returns the options of TLS, or null where none is given. The dispatcher finds the faults of the files.</summary>
    public static DispatcherTlsOptions? Read(SettingsReader reader)
    {
        string[] certificates = reader.Get(Certificates);
        string[] keys = reader.Get(Keys);
        string? ca = reader.Get(ClientCa);
        if (certificates.Length != keys.Length)
            reader.Fault(
                $"There are {certificates.Length} --tls-cert and {keys.Length} --tls-key. Give both for each certificate, in one order.");
        if (certificates.Length == 0 && keys.Length == 0 && ca is not null)
            reader.Fault("--client-ca has no meaning without TLS. Give --tls-cert and --tls-key too.");
        return certificates.Length == 0 || certificates.Length != keys.Length
            ? null
            : new DispatcherTlsOptions
            {
                Certificates = [.. certificates.Zip(keys, static (certificate, key) => new DispatcherCertificate(certificate, key))],
                ClientCaFile = ca,
            };
    }

    private static string[] ParsePaths(string text, out string? fault)
    {
        string[] paths = text.Split(';', StringSplitOptions.TrimEntries);
        fault = paths.Contains("") ? $"'{text}' contains an empty path. Give the path of a file, or several with ';' between." : null;
        return fault is null ? paths : [];
    }
}
