using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Cli.Options;

/// <summary>The options of <c>berth doctor</c>.</summary>
internal static class DoctorSettings
{
    public static Setting<Uri[]> Urls { get; } = new(
        "url", "URL", "A dispatcher to look at, such as http://service-a.games; every address of its name is asked. Repeat for more.",
        ParseUrls, [], separator: ';');

    public static Setting<string?> UrlTokenFile { get; } = new(
        "url-token-file", "PATH", "The file with the bearer token for --url, if the dispatcher needs one.", CommonParsers.Text, null);

    public static Setting<string?> UrlAuthorityFile { get; } = new(
        "url-ca", "PATH", "The PEM file with the CAs of an https --url. Default: the roots of this machine.", CommonParsers.Text, null);

    public static Setting<bool> Echo { get; } = new(
        "echo", "true|false", "The pods run berth echo, so ask each over UDP too. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<IPEndPoint[]> DnsServers { get; } = new(
        "dns-server", "ADDRESS[:PORT]",
        "The cluster's DNS server, to compare with; repeat for more. Default: in a pod those of /etc/resolv.conf, elsewhere none.",
        SourceSettings.ParseServers, [], separator: ',');

    public static Setting<string?> ClusterDomain { get; } = new(
        "cluster-domain", "NAME", "The cluster's domain, for DNS. Default cluster.local.", CommonParsers.Text, null);

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "The longest time for one question. Default 5s.", Durations.AtLeast(TimeSpan.FromMilliseconds(1)),
        TimeSpan.FromSeconds(5));

    public static Setting[] All { get; } = [Urls, UrlTokenFile, UrlAuthorityFile, Echo, DnsServers, ClusterDomain];

    /// <summary>Reads the dispatchers, with the files of their token and CAs. All faults are noted.</summary>
    public static DispatcherChoice ReadDispatchers(SettingsReader reader)
    {
        Uri[] urls = reader.Get(Urls);
        foreach (Setting setting in (Setting[])[UrlTokenFile, UrlAuthorityFile])
        {
            if (urls.Length == 0 && reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault($"--{setting.Name} has no meaning without --url. Give both, or none.");
        }

        string? token = ReadFile(reader, UrlTokenFile)?.Trim();
        if (token is not null && (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~')))
            reader.Fault($"{reader.Get(UrlTokenFile)} is not a file with one token. Write the token into it, without spaces in it.");
        string? pem = ReadFile(reader, UrlAuthorityFile);
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(pem);
            if (pem is not null && authorities.Count == 0)
                reader.Fault($"{reader.Get(UrlAuthorityFile)} contains no certificate. Give a PEM file: -----BEGIN CERTIFICATE-----.");
        }
        catch (CryptographicException exception)
        {
            reader.Fault($"{reader.Get(UrlAuthorityFile)} contains a certificate that cannot be read: {exception.Message}");
        }

        return new DispatcherChoice(urls, token, pem is null ? null : authorities);
    }

    private static string? ReadFile(SettingsReader reader, Setting<string?> setting)
    {
        if (reader.Get(setting) is not { } path)
            return null;
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reader.Fault($"--{setting.Name}: {path} cannot be read: {exception.Message.TrimEnd('.')}. Correct the path.");
            return null;
        }
    }

    private static Uri[] ParseUrls(string text, out string? fault)
    {
        List<Uri> urls = [];
        fault = null;
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(part, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https"))
                urls.Add(url);
            else
                fault ??= $"'{part}' is not the address of a dispatcher. Write it as http://service-a.games or http://127.0.0.1:8000.";
        }

        return [.. urls];
    }
}
