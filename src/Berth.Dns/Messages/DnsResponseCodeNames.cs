namespace Berth.Dns.Messages;

/// <summary>The usual names of the response codes.</summary>
internal static class DnsResponseCodeNames
{
    public static string ToText(this DnsResponseCode code) => code switch
    {
        DnsResponseCode.NoError => "NOERROR",
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NameDoesNotExist => "NXDOMAIN",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        DnsResponseCode.BadVersion => "BADVERS",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"RCODE {(int)code}"),
    };
}
