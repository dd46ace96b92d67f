using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Checks;
using Berth.Dispatcher.Files;
using Berth.Seats.Tls;

namespace Berth.Dispatcher.Options;

/// <summary>Finds the faults of the options that say who may ask, and where.</summary>
internal static class AccessFaults
{
    public static void Find(DispatcherOptions options, OptionFaults faults)
    {
        faults.CheckGiven(options.AdminUrls, nameof(options.AdminUrls));
        faults.CheckGiven(options.ClientSubjects, nameof(options.ClientSubjects));
        faults.CheckGiven(options.CorsOrigins, nameof(options.CorsOrigins));
        if (options.AdminUrls is null || options.ClientSubjects is null || options.CorsOrigins is null)
            return;
        faults.AddAll(options.AdminUrls.Where(url => options.Urls?.Contains(url) == true && !IsAnyPort(url))
            .Select(static url => $"The address '{url}' is in --urls and in --admin-urls. Give two ports."));
        if (options.TokenFile is { } path)
        {
            byte[]? content = SmallFile.TryRead(path, "--token-file", out string? fault);
            if (content is not null)
                TokenTable.TryParse(path, content, out fault);
            faults.Check(fault is null, fault!);
        }

        // A browser sends no token with the page's requests.
        faults.Check(
            options.Page != true || options.TokenFile is null || options.AdminUrls.Count > 0,
            "The page cannot be at an address that needs tokens. Give it another address with --admin-urls.");
        faults.Check(
            options.ClientSubjects.Count == 0 || options.Tls?.ClientCaFile is not null,
            "There is a subject of clients, and no CA of their certificates. Give one with --client-ca.");
        faults.AddAll(options.ClientSubjects.Select(FaultOfSubject).OfType<string>());
        faults.AddAll(options.CorsOrigins.Select(FaultOfOrigin).OfType<string>());
    }

    private static bool IsAnyPort(string url) => url.EndsWith(":0", StringComparison.Ordinal);

    private static string? FaultOfSubject(string? subject)
    {
        try
        {
            if (!string.IsNullOrWhiteSpace(subject) && new X500DistinguishedName(subject).RawData.Length > 2)
                return null;
        }
        catch (CryptographicException)
        {
            // Told below.
        }

        return $"The subject '{subject}' is no distinguished name. Write it as CN=lobby or CN=lobby, O=games.";
    }

    private static string? FaultOfOrigin(string? origin)
    {
        if (origin == "*")
            return null;
        // An origin is compared as a browser sends it: no path, no default port, lower case.
        return Uri.TryCreate(origin, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"
            && parsed!.GetLeftPart(UriPartial.Authority) == origin && parsed.UserInfo.Length == 0
            ? null
            : $"The origin '{origin}' is not as browsers send it. Write SCHEME://HOST in lower case, with the port unless it is the "
                + "scheme's, such as https://play.example.com, or * for all.";
    }
}
